package io.barista.modelservice.registry;

import io.barista.engine.EngineException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the registry said of each adapter, kept for a moment; that it cannot be reached is kept a little longer, so that requests do not queue
 * up behind a registry that is down. What does not exist is not kept: it may be uploaded any moment, and names are as many as clients
 * invent. Thread-safe.
 */
final class KnownVersions {

    private static final int MOST = 10_000;

    private static final Duration SILENT = Duration.ofSeconds(2);

    private final long freshNanos;
    private final Function<String, AdapterCard> question;
    private final ConcurrentMap<String, Known> known = new ConcurrentHashMap<>();
    private volatile @Nullable Silence silence;

    private record Known(AdapterCard card, long at) {}

    private record Silence(EngineException reason, long at) {}

    /** @param question what the registry says; throws UNAVAILABLE, with the cause, when it says nothing */
    KnownVersions(Duration fresh, Function<String, AdapterCard> question) {
        this.freshNanos = fresh.toNanos();
        this.question = question;
    }

    AdapterCard of(String name) {
        Known last = known.get(name);
        if (last != null && isYounger(last.at(), freshNanos)) {
            return last.card();
        }
        Silence now = silence;
        if (now != null && isYounger(now.at(), SILENT.toNanos())) {
            throw new EngineException(now.reason().code(), String.valueOf(now.reason().getMessage()),
                    now.reason().param(),
                    now.reason());
        }
        return refresh(name);
    }

    /** Asks in any case. */
    AdapterCard refresh(String name) {
        try {
            AdapterCard card = question.apply(name);
            if (known.size() >= MOST) {
                known.values().removeIf(each -> !isYounger(each.at(), freshNanos));
            }
            known.put(name, new Known(card, System.nanoTime()));
            silence = null;
            return card;
        } catch (EngineException e) {
            known.remove(name);
            if (isDown(e)) {
                silence = new Silence(e, System.nanoTime());
            }
            throw e;
        }
    }

    /** Whether nobody listens. A registry that has trouble with one name, or is slow about it, may answer for the next at once. */
    private static boolean isDown(EngineException e) {
        return e.getCause() instanceof ConnectException || e.getCause() instanceof HttpConnectTimeoutException;
    }

    private static boolean isYounger(long at, long nanos) {
        return System.nanoTime() - at < nanos;
    }
}
