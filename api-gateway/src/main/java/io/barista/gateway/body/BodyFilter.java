package io.barista.gateway.body;

import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Reads the body once, notes its fields for the filters behind, and lets them send it as often as they must. */
public final class BodyFilter implements GatewayFilter {

    private static final String BODY = BodyFilter.class.getName() + ".body";
    private static final String FIELDS = BodyFilter.class.getName() + ".fields";

    /** Bodies up to this size are parsed on the event loop, in well under a millisecond. */
    private static final int PARSED_AT_ONCE = 128 * 1024;

    private final BodyReader reader;
    private final Scheduler parsers;

    BodyFilter(BodyReader reader, Scheduler parsers) {
        this.reader = reader;
        this.parsers = parsers;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        return reader.read(exchange.getRequest())
                .flatMap(body -> parse(body).flatMap(fields -> goOn(exchange, chain, body, fields))
                        .doFinally(_ -> body.discard()));
    }

    private Mono<TopLevelFields> parse(RequestBody body) {
        Mono<TopLevelFields> fields = Mono.fromCallable(() -> TopLevelFields.read(body.stream()));
        return body.size() <= PARSED_AT_ONCE ? fields : fields.subscribeOn(parsers);
    }

    private static Mono<Void> goOn(ServerWebExchange exchange, GatewayFilterChain chain, RequestBody body,
            TopLevelFields fields) {
        exchange.getAttributes().put(BODY, body);
        exchange.getAttributes().put(FIELDS, fields);
        return chain.filter(exchange.mutate()
                .request(new BufferedRequest(exchange.getRequest(), body, exchange.getResponse().bufferFactory()))
                .build());
    }

    /** The body behind this filter. */
    public static RequestBody bodyOf(ServerWebExchange exchange) {
        return exchange.getRequiredAttribute(BODY);
    }

    /** Its fields, behind this filter. */
    public static TopLevelFields fieldsOf(ServerWebExchange exchange) {
        return exchange.getRequiredAttribute(FIELDS);
    }
}
