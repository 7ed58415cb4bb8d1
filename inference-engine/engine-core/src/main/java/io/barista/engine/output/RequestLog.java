package io.barista.engine.output;

import io.barista.engine.RequestTimings;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line for each request, at its end; never its prompt or its answer. */
final class RequestLog {

    private static final Logger LOG = LoggerFactory.getLogger(RequestLog.class);

    private static final double NANOS_PER_MILLI = 1e6;

    private RequestLog() {}

    static void ended(RequestTimings request) {
        if (LOG.isInfoEnabled()) {
            LOG.info("request={} prompt_tokens={} cached={} output_tokens={} queue_ms={} ttft_ms={} tpot_ms={} "
                    + "total_ms={} preemptions={} finish={}", request.requestId(), request.promptTokens(),
                    request.cachedTokens(), request.generatedTokens(), millis(request.queueNanos()),
                    millis(request.firstTokenNanos()), millis(nanosPerToken(request)), millis(request.totalNanos()),
                    request.preemptions(), ends(request));
        }
    }

    /** Such as {@code stop}, {@code stop,length} or {@code deadline_exceeded}. */
    private static String ends(RequestTimings request) {
        return request.error() == null
                ? request.reasons().stream().map(RequestLog::plain).collect(Collectors.joining(","))
                : plain(request.error());
    }

    private static String plain(@Nullable Enum<?> end) {
        return end == null ? "none" : end.name().toLowerCase(Locale.ROOT);
    }

    private static double nanosPerToken(RequestTimings request) {
        int later = request.generatedTokens() / request.samples() - 1;
        return later < 1 ? 0 : (double) request.decodeNanos() / later;
    }

    private static double millis(double nanos) {
        return Math.round(nanos / NANOS_PER_MILLI * 10) / 10.0;
    }
}
