package io.barista.gateway.routing;

import io.barista.gateway.body.BodyFilter;
import io.barista.gateway.error.ErrorAnswers;
import io.barista.gateway.metrics.Traffic;
import io.barista.gateway.models.ModelCatalog;
import io.barista.gateway.replicas.ReplicaDirectory;
import io.barista.gateway.settings.GatewaySettings;
import io.barista.gateway.stream.Curtain;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.scheduler.Schedulers;

@Configuration(proxyBeanMethods = false)
class RoutingConfiguration {

    @Bean
    RouteLocator inferenceRoutes(RouteLocatorBuilder builder, BodyFilter body, ModelCatalog catalog,
            ReplicaDirectory replicas, GatewaySettings settings, Curtain curtain, ErrorAnswers errors,
            Traffic traffic) {
        AnswerTermsFactory terms = new AnswerTermsFactory(settings.answer(), curtain, errors, Schedulers.parallel());
        return new InferenceRoutes(body, new ModelFilter(catalog), new FailoverFilter(replicas, terms),
                new StoredResponseFilter(replicas), traffic)
                .build(builder);
    }
}
