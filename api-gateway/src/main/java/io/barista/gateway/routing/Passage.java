package io.barista.gateway.routing;

import io.barista.gateway.body.RequestBody;
import io.barista.gateway.metrics.EndReason;
import io.barista.gateway.metrics.RequestRecord;
import io.barista.gateway.replicas.Lease;
import io.barista.gateway.replicas.Replica;
import io.barista.gateway.replicas.ReplicaPool;
import io.barista.gateway.stream.AnswerCutException;
import io.barista.gateway.stream.AnswerRelay;
import io.barista.gateway.stream.AnswerTerms;
import io.barista.gateway.stream.Curtain;
import io.barista.gateway.surface.InferenceEndpoint;
import io.barista.openai.RequestTimeout;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.openai.responses.ResponseId;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * One request's attempts. A replica gets it at most once, and another replica only if the one before gave no byte of an
 * answer.
 */
final class Passage {

    private static final Logger log = LoggerFactory.getLogger(Passage.class);

    private final ServerWebExchange exchange;
    private final GatewayFilterChain chain;
    private final RequestRecord request;
    private final RequestBody body;
    private final ReplicaPool pool;
    private final @Nullable String adapter;
    private final AnswerTerms terms;
    private final @Nullable Duration timeout;
    private final Set<Replica> tried = new HashSet<>();

    Passage(ServerWebExchange exchange, GatewayFilterChain chain, RequestRecord request, RequestBody body,
            ReplicaPool pool, @Nullable String adapter, AnswerTerms terms, @Nullable Duration timeout) {
        this.exchange = exchange;
        this.chain = chain;
        this.request = request;
        this.body = body;
        this.pool = pool;
        this.adapter = adapter;
        this.terms = terms;
        this.timeout = timeout;
    }

    /** Only this replica will do. */
    Passage on(Replica only) {
        pool.byLoad().stream().filter(replica -> replica != only).forEach(tried::add);
        return this;
    }

    /** Ends when the answer has been passed on, or with the error that the client is to see. */
    Mono<Void> attempt() {
        return Mono.defer(() -> {
            Optional<Lease> lease = pool.acquire(adapter, tried);
            return lease.isPresent() ? attempt(lease.get()) : Mono.error(noReplica());
        });
    }

    private Mono<Void> attempt(Lease lease) {
        tried.add(lease.replica());
        request.attempts(lease.replica().name());
        AnswerRelay relay = new AnswerRelay(exchange.getResponse(), terms, begun -> began(lease, begun),
                request::speaks);
        // Once begun, the relay itself ends the answer, so that it can tell the client.
        Mono<Void> untilBegun = terms.curtain().filter(_ -> !relay.isBegun()).flatMap(Mono::<Void>error)
                .switchIfEmpty(Mono.never());
        return Mono
                .firstWithSignal(
                        chain.filter(
                                new AttemptExchange(exchange, attemptRequest(lease.replica()), lease.replica(), relay)),
                        untilBegun)
                .doOnSuccess(_ -> answered(lease, relay)).doOnCancel(lease::abandoned)
                .onErrorResume(failure -> failed(lease, relay, failure));
    }

    /** The replica is told what is left of the client's patience, and its tag where it makes ids that are asked for later. */
    private ServerHttpRequest attemptRequest(Replica replica) {
        ServerHttpRequest asked = exchange.getRequest();
        if (timeout == null && request.endpoint() != InferenceEndpoint.RESPONSES) {
            return asked;
        }
        return asked.mutate().headers(headers -> {
            if (timeout != null) {
                headers.set(RequestTimeout.HEADER,
                        RequestTimeout.format(Curtain.left(timeout, request.startedNanos())));
            }
            headers.set(ResponseId.REPLICA_HEADER, replica.tag());
        }).build();
    }

    private void began(Lease lease, AnswerRelay relay) {
        lease.begun();
        request.begins(statusOf(relay));
        body.discard(); // nobody will be asked again, and the answer may take long
    }

    private void answered(Lease lease, AnswerRelay relay) {
        Optional<Throwable> failure = relay.failure();
        int status = statusOf(relay);
        if (failure.isPresent()) {
            settle(lease, AttemptFailure.of(failure.get()), failure.get());
        } else if (status >= 500) {
            request.because(EndReason.UPSTREAM_ERROR);
            lease.failed(new IllegalStateException("the replica answered " + status));
        } else {
            request.because(status == 429
                    ? EndReason.SHED
                    : status >= 400
                            ? EndReason.CLIENT_ERROR
                            : EndReason.COMPLETED);
            lease.succeeded();
        }
    }

    private Mono<Void> failed(Lease lease, AnswerRelay relay, Throwable failure) {
        AttemptFailure kind = AttemptFailure.of(failure);
        if (mayAskAnother(kind, relay)) {
            log.warn("request={} model={}: replica {} is {} ({}), asking another", request.id(), pool.model(),
                    lease.replica().name(), kind, failure.toString());
            letGo(lease, kind, failure);
            return attempt();
        }
        settle(lease, kind, failure);
        if (kind == AttemptFailure.CLIENT_GONE) {
            log.debug("request={}: the client left", request.id(), failure);
            return Mono.empty(); // nobody is there to be told
        }
        return Mono.error(relay.isBegun() ? new TruncatedAnswerException(failure) : told(kind, failure));
    }

    private static boolean mayAskAnother(AttemptFailure kind, AnswerRelay relay) {
        return switch (kind) {
            case UNREACHABLE, REFUSED -> true;
            case BROKEN -> !relay.isReceived();
            case TIMED_OUT, CUT, CLIENT_GONE, OUR_FAULT -> false;
        };
    }

    /** Tells the lease how the attempt ended, and the record how the request did. */
    private void settle(Lease lease, AttemptFailure kind, Throwable failure) {
        request.because(switch (kind) {
            case UNREACHABLE, REFUSED -> EndReason.UNAVAILABLE;
            case BROKEN, TIMED_OUT -> EndReason.UPSTREAM_ERROR;
            case CUT -> ((AnswerCutException) failure).reason();
            case CLIENT_GONE -> EndReason.CLIENT_ABORT;
            case OUR_FAULT -> EndReason.INTERNAL_ERROR;
        });
        letGo(lease, kind, failure);
    }

    private static void letGo(Lease lease, AttemptFailure kind, Throwable failure) {
        switch (kind) {
            case UNREACHABLE, REFUSED -> lease.unreachable(failure);
            case BROKEN, TIMED_OUT -> lease.failed(failure);
            case CUT -> {
                if (((AnswerCutException) failure).reason() == EndReason.IDLE_TIMEOUT) {
                    lease.failed(failure);
                } else {
                    lease.abandoned();
                }
            }
            case CLIENT_GONE, OUR_FAULT -> lease.abandoned();
        }
    }

    private static Throwable told(AttemptFailure kind, Throwable failure) {
        return switch (kind) {
            case UNREACHABLE, REFUSED, BROKEN -> new ApiException(ErrorCode.UPSTREAM_FAILED,
                    "The model broke off its answer.");
            case TIMED_OUT -> new ApiException(ErrorCode.UPSTREAM_TIMEOUT,
                    "The model did not begin to answer in time.");
            case CUT -> ((AnswerCutException) failure).toApiException();
            case CLIENT_GONE, OUR_FAULT -> failure;
        };
    }

    private ApiException noReplica() {
        return new ApiException(ErrorCode.UNAVAILABLE,
                "No replica of the model `" + pool.model() + "` can take the request now. Try again soon.");
    }

    private static int statusOf(AnswerRelay relay) {
        HttpStatusCode status = relay.getStatusCode();
        return status == null ? 0 : status.value();
    }
}
