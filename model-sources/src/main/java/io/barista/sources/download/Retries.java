package io.barista.sources.download;

import io.barista.sources.DownloadLimits;
import io.barista.sources.DownloadListener;
import io.barista.sources.SourceException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.DoubleSupplier;

/** Asks again what may succeed then, after a wait that doubles, with jitter, so that many who failed together do not return together. */
public final class Retries {

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(32);
    private static final Duration LONGEST_ASKED_WAIT = Duration.ofMinutes(2);

    private final String source;
    private final DownloadLimits limits;
    private final DownloadListener listener;
    private final DoubleSupplier random;

    /** @param random uniform in [0, 1) */
    public Retries(String source, DownloadLimits limits, DownloadListener listener, DoubleSupplier random) {
        this.source = source;
        this.limits = limits;
        this.listener = listener;
        this.random = random;
    }

    /** The work's result, or the failure of its last try. */
    public <T> T call(TimeLimit.Work<T> work) throws InterruptedException {
        for (int attempt = 1;; attempt++) {
            try {
                return work.run();
            } catch (IOException | SourceException e) {
                SourceException failure = TimeLimit.failure(source, e);
                if (failure.kind() != SourceException.Kind.UNREACHABLE || attempt >= limits.tries()) {
                    throw failure;
                }
                Duration wait = wait(attempt, failure);
                listener.retrying(source, failure.getMessage(), wait);
                Thread.sleep(wait);
            }
        }
    }

    private Duration wait(int attempt, SourceException failure) {
        Duration asked = failure.retryAfter();
        if (asked != null) {
            return asked.compareTo(LONGEST_ASKED_WAIT) > 0 ? LONGEST_ASKED_WAIT : asked;
        }
        Duration doubled = limits.firstWait().multipliedBy(1L << Math.min(attempt - 1, 20));
        Duration whole = doubled.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : doubled;
        return Duration.ofNanos((long) (whole.toNanos() * (0.5 + random.getAsDouble() / 2)));
    }
}
