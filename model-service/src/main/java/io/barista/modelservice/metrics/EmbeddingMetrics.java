package io.barista.modelservice.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/** Those of vLLM's metrics that a model for embeddings has, under vLLM's names. */
public final class EmbeddingMetrics {

    private static final double NANOS = 1e9;

    private final Counter promptTokens;
    private final Counter succeeded;
    private final Counter failed;
    private final DistributionSummary endToEnd;

    public EmbeddingMetrics(MeterRegistry registry, String model) {
        Tags tags = Tags.of("model_name", model, "engine", "0");
        promptTokens = Counter.builder("vllm:prompt_tokens").tags(tags).register(registry);
        succeeded = Counter.builder("vllm:request_success").tags(tags).tag("finished_reason", "stop")
                .register(registry);
        failed = Counter.builder("vllm:request_success").tags(tags).tag("finished_reason", "error").register(registry);
        endToEnd = DistributionSummary.builder("vllm:e2e_request_latency_seconds").tags(tags)
                .serviceLevelObjectives(Buckets.REQUEST_SECONDS).register(registry);
    }

    /** A request has all its embeddings. */
    public void succeeded(int tokens, long nanos) {
        promptTokens.increment(tokens);
        succeeded.increment();
        endToEnd.record(nanos / NANOS);
    }

    public void failed() {
        failed.increment();
    }
}
