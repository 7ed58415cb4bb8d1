package io.barista.gateway.routing;

import io.barista.gateway.body.BodyFilter;
import io.barista.gateway.body.RequestBody;
import io.barista.gateway.metrics.RequestRecord;
import io.barista.gateway.models.Target;
import io.barista.gateway.replicas.Replica;
import io.barista.gateway.replicas.ReplicaDirectory;
import io.barista.gateway.replicas.ReplicaPool;
import io.barista.gateway.stream.AnswerTerms;
import io.barista.openai.RequestTimeout;
import io.barista.openai.responses.ResponseId;
import java.time.Duration;
import java.util.Optional;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Runs the rest of the chain, Spring's proxying, once for each replica until one has begun to answer.
 *
 * <p>It stands before {@code NettyWriteResponseFilter}, so that it sees the body of an answer to its end, and not only
 * the headers, as filters behind that one do.
 */
final class FailoverFilter implements GatewayFilter {

    /** Just before {@link org.springframework.cloud.gateway.filter.NettyWriteResponseFilter}. */
    static final int ORDER = -10;

    private final ReplicaDirectory replicas;
    private final AnswerTermsFactory terms;

    FailoverFilter(ReplicaDirectory replicas, AnswerTermsFactory terms) {
        this.replicas = replicas;
        this.terms = terms;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        return Mono.defer(() -> {
            RequestRecord request = RequestRecord.of(exchange);
            RequestBody body = BodyFilter.bodyOf(exchange);
            Target target = ModelFilter.targetOf(exchange);
            ReplicaPool pool = replicas.pool(target.model().id());
            Duration timeout = RequestTimeout.parse(exchange.getRequest().getHeaders().getFirst(RequestTimeout.HEADER));
            AnswerTerms answer = terms.of(request, timeout);
            Passage passage = new Passage(exchange, chain, request, body, pool, target.adapter(), answer,
                    timeout);
            return holder(exchange, pool).map(passage::on).orElse(passage).attempt();
        });
    }

    /** The replica that keeps what the request goes on with. When it is gone, any other one can say that this is lost. */
    private static Optional<Replica> holder(ServerWebExchange exchange, ReplicaPool pool) {
        return Optional.ofNullable(BodyFilter.fieldsOf(exchange).previousResponseId()).flatMap(ResponseId::tagOf)
                .flatMap(tag -> pool.byLoad().stream().filter(replica -> replica.tag().equals(tag)).findFirst());
    }
}
