package io.barista.gateway.stream;

import io.barista.gateway.settings.GatewaySettings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.scheduler.Schedulers;

@Configuration(proxyBeanMethods = false)
class StreamConfiguration {

    @Bean
    Curtain curtain(GatewaySettings settings) {
        return new Curtain(settings.answer().deadline(), Schedulers.parallel());
    }
}
