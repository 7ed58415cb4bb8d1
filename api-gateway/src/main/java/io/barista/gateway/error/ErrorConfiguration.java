package io.barista.gateway.error;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
class ErrorConfiguration {

    @Bean
    ErrorAnswers errorAnswers(JsonMapper json) {
        return new ErrorAnswers(json);
    }

    @Bean
    GatewayExceptionHandler gatewayExceptionHandler(ErrorAnswers answers) {
        return new GatewayExceptionHandler(answers);
    }
}
