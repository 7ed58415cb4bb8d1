package io.barista.gateway.metrics;

import io.barista.gateway.surface.InferenceEndpoint;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/**
 * What is known of one request while it passes through; written to the meters and to one log line when it ends.
 *
 * <p>One filter after the other writes to it, in the order of the reactive chain; only the end may be raced for.
 */
public final class RequestRecord {

    private static final String ATTRIBUTE = RequestRecord.class.getName();

    private final String id;
    private final InferenceEndpoint endpoint;
    private final long started;
    private final Traffic traffic;
    private final AtomicBoolean ended = new AtomicBoolean();

    private volatile @Nullable String model;
    private volatile @Nullable String replica;
    private volatile @Nullable EndReason reason;
    private volatile int attempts;
    private volatile int status;
    private volatile long firstEvent;

    RequestRecord(String id, InferenceEndpoint endpoint, long startedNanos, Traffic traffic) {
        this.id = id;
        this.endpoint = endpoint;
        this.started = startedNanos;
        this.traffic = traffic;
    }

    /** The record of an exchange that passed {@link RecordingFilter}. */
    public static RequestRecord of(ServerWebExchange exchange) {
        return exchange.getRequiredAttribute(ATTRIBUTE);
    }

    void attachTo(ServerWebExchange exchange) {
        exchange.getAttributes().put(ATTRIBUTE, this);
    }

    /** The request is for this model, one of ours: it counts as running from now on. */
    public void runsOn(String modelId) {
        model = modelId;
        traffic.began(modelId);
    }

    /** It goes to this replica. */
    public void attempts(String replicaName) {
        replica = replicaName;
        attempts++;
    }

    /** The first byte is about to go to the client. */
    public void begins(int answerStatus) {
        status = answerStatus;
    }

    /** The first event of a stream is about to go to the client; a heartbeat is none. */
    public void speaks() {
        firstEvent = traffic.now();
    }

    /** Why it is about to end, told by whoever knows best; the first word counts. */
    public void because(EndReason why) {
        if (reason == null) {
            reason = why;
        }
    }

    /** Ends the record; only the first call counts. */
    void end(EndReason otherwise) {
        if (ended.compareAndSet(false, true)) {
            because(otherwise);
            traffic.ended(this);
        }
    }

    public String id() {
        return id;
    }

    public InferenceEndpoint endpoint() {
        return endpoint;
    }

    /** When the request came, by {@link System#nanoTime()}. */
    public long startedNanos() {
        return started;
    }

    @Nullable
    String model() {
        return model;
    }

    @Nullable
    String replica() {
        return replica;
    }

    EndReason reason() {
        EndReason known = reason;
        return known == null ? EndReason.INTERNAL_ERROR : known;
    }

    int attempts() {
        return attempts;
    }

    /** The HTTP status sent, 0 when none was. */
    int status() {
        return status;
    }

    /** Time to the first event of a stream; null for other answers. */
    @Nullable
    Duration timeToFirstToken() {
        return firstEvent == 0 ? null : Duration.ofNanos(firstEvent - started);
    }
}
