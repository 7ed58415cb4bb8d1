package io.barista.gateway.metrics;

import io.barista.gateway.surface.InferenceEndpoint;
import io.barista.gateway.web.RequestIdFilter;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/** Keeps the record of each request of one endpoint, from before its body is read until nothing more happens. */
public final class RecordingFilter implements GatewayFilter {

    private final InferenceEndpoint endpoint;
    private final Traffic traffic;

    public RecordingFilter(InferenceEndpoint endpoint, Traffic traffic) {
        this.endpoint = endpoint;
        this.traffic = traffic;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        return Mono.defer(() -> {
            String id = String.valueOf(exchange.getResponse().getHeaders().getFirst(RequestIdFilter.HEADER));
            RequestRecord request = new RequestRecord(id, endpoint, traffic.now(), traffic);
            request.attachTo(exchange);
            return chain.filter(exchange).doOnError(failure -> refused(request, failure))
                    .doFinally(signal -> request
                            .end(signal == SignalType.CANCEL ? EndReason.CLIENT_ABORT : EndReason.COMPLETED));
        });
    }

    private static void refused(RequestRecord request, Throwable failure) {
        if (failure instanceof ApiException error) {
            request.begins(error.code().status());
            request.because(reasonOf(error.code()));
        } else {
            request.because(EndReason.INTERNAL_ERROR);
        }
    }

    private static EndReason reasonOf(ErrorCode code) {
        return switch (code.category()) {
            case USER_ERROR -> EndReason.CLIENT_ERROR;
            case OVERLOADED -> code == ErrorCode.UNAVAILABLE ? EndReason.UNAVAILABLE : EndReason.SHED;
            case UPSTREAM -> EndReason.UPSTREAM_ERROR;
            case INTERNAL -> EndReason.INTERNAL_ERROR;
        };
    }
}
