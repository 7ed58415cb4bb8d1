package io.barista.gateway.error;

import io.barista.openai.error.ApiException;
import io.barista.openai.error.Dialect;
import io.barista.openai.error.ErrorCategory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/** Ends every failed exchange of the gateway: one error shape, the cause in the log only. */
final class GatewayExceptionHandler implements WebExceptionHandler, Ordered {

    private static final Logger log = LoggerFactory.getLogger(GatewayExceptionHandler.class);

    private final ErrorAnswers answers;

    GatewayExceptionHandler(ErrorAnswers answers) {
        this.answers = answers;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
        if (exchange.getResponse().isCommitted()) {
            return Mono.error(failure); // too late for an answer: the connection is closed, which tells the client
        }
        ApiException error = ErrorShapes.of(failure);
        if (error.code().category() == ErrorCategory.INTERNAL) {
            log.error("{} {} failed", exchange.getLogPrefix(), exchange.getRequest().getPath(), failure);
        }
        if (failure instanceof MethodNotAllowedException wrongMethod) {
            exchange.getResponse().getHeaders().setAllow(wrongMethod.getSupportedMethods());
        }
        exchange.getResponse().getHeaders().remove(HttpHeaders.CONTENT_ENCODING);
        return answers.write(exchange.getResponse(), error,
                Dialect.ofPath(exchange.getRequest().getPath().value()));
    }
}
