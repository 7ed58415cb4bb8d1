package io.barista.modelservice.web;

import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCategory;
import io.barista.openai.json.OpenAiJson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/** Every answer that is not 2xx, in the one error shape; stands before Spring's own handlers. */
@Component
@Order(-10)
final class ErrorAnswers implements WebExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(ErrorAnswers.class);
    private static final String RETRY_AFTER_SECONDS = "1";

    private final OpenAiJson json;

    ErrorAnswers(OpenAiJson json) {
        this.json = json;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable thrown) {
        ServerHttpResponse response = exchange.getResponse();
        if (response.isCommitted()) {
            return Mono.error(thrown);
        }
        ApiException error = ApiErrors.of(thrown, exchange);
        if (error.code().category() == ErrorCategory.INTERNAL) {
            log.error("request={} failed", RequestId.of(exchange), thrown);
        } else {
            // no message: it may quote the request
            log.info("request={} status={} code={} param={}", RequestId.of(exchange), error.code().status(),
                    error.code(),
                    error.param());
        }
        response.setStatusCode(HttpStatusCode.valueOf(error.code().status()));
        HttpHeaders headers = response.getHeaders();
        headers.setContentType(MediaType.APPLICATION_JSON);
        if (error.code().category() == ErrorCategory.OVERLOADED) {
            headers.set(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        if (error.code().status() == 401) {
            headers.set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        byte[] body = json.write(Dialects.of(exchange).body(error));
        headers.setContentLength(body.length);
        return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
    }
}
