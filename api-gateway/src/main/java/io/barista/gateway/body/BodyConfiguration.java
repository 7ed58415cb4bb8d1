package io.barista.gateway.body;

import io.barista.gateway.settings.GatewaySettings;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.scheduler.Schedulers;

@Configuration(proxyBeanMethods = false)
class BodyConfiguration {

    @Bean
    BodyFilter bodyFilter(GatewaySettings settings, MeterRegistry meters) {
        BodyMemory memory = new BodyMemory(settings.body().memory().toBytes());
        Gauge.builder("barista.gateway.body.memory", memory, BodyMemory::usedBytes).baseUnit("bytes")
                .description("Bytes of the request bodies being held").register(meters);
        return new BodyFilter(new BodyReader(settings.body(), memory), Schedulers.parallel());
    }
}
