package io.barista.modelservice.metrics;

import io.barista.engine.EngineException;
import io.barista.engine.EngineObserver;
import io.barista.engine.RequestTimings;
import io.barista.modelservice.answer.Operation;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** OpenTelemetry's {@code gen_ai.server.*} metrics, from the engine's numbers. */
public final class GenAiMetrics implements EngineObserver {

    private static final double NANOS = 1e9;

    private final MeterRegistry registry;
    private final String model;

    public GenAiMetrics(MeterRegistry registry, String model) {
        this.registry = registry;
        this.model = model;
    }

    @Override
    public void onFinish(RequestTimings request) {
        Tags tags = tags(request.requestId(), request.error());
        histogram("gen_ai.server.request.duration", Buckets.GEN_AI_SECONDS, tags).record(request.totalNanos() / NANOS);
        if (request.firstTokenNanos() > 0) {
            histogram("gen_ai.server.time_to_first_token", Buckets.TIME_TO_FIRST_TOKEN, tags)
                    .record(request.firstTokenNanos() / NANOS);
        }
        int later = request.generatedTokens() / request.samples() - 1;
        if (later > 0) {
            histogram("gen_ai.server.time_per_output_token", Buckets.BETWEEN_TOKENS, tags)
                    .record(request.decodeNanos() / NANOS / later);
        }
    }

    private Tags tags(String requestId, EngineException.@Nullable Code error) {
        return Tags.of("gen_ai.operation.name", Operation.ofEngineId(requestId).telemetryName(), "gen_ai.provider.name",
                "barista", "gen_ai.request.model", model, "gen_ai.response.model", model, "error.type",
                error == null ? "" : error.name().toLowerCase(Locale.ROOT));
    }

    private DistributionSummary histogram(String name, double[] boundaries, Tags tags) {
        return DistributionSummary.builder(name).baseUnit("seconds").serviceLevelObjectives(boundaries).tags(tags)
                .register(registry);
    }
}
