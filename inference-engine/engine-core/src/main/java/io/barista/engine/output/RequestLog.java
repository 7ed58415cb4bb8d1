package io.barista.engine.output;

import io.barista.engine.RequestTimings;
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
                    request.preemptions(), request.error() == null ? request.reasons() : request.error());
        }
    }

    private static double nanosPerToken(RequestTimings request) {
        int later = request.generatedTokens() / request.samples() - 1;
        return later < 1 ? 0 : (double) request.decodeNanos() / later;
    }

    private static double millis(double nanos) {
        return Math.round(nanos / NANOS_PER_MILLI * 10) / 10.0;
    }
}
