package io.barista.gateway.auth;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

@Configuration(proxyBeanMethods = false)
class AuthConfiguration {

    private static final Logger log = LoggerFactory.getLogger(AuthConfiguration.class);

    @Bean
    Access access(Environment environment) {
        Access access = Access.of(environment.getProperty("BARISTA_API_KEY"));
        log.info(access.isOpen()
                ? "no API key is set (BARISTA_API_KEY): every caller is served"
                : "callers must show the API key");
        return access;
    }

    @Bean
    AccessFilter accessFilter(Access access) {
        return new AccessFilter(access);
    }
}
