package io.barista.modelservice.metrics;

import io.barista.engine.EngineObserver;
import io.barista.engine.EngineStats;
import io.barista.engine.FinishReason;
import io.barista.engine.LlmEngine;
import io.barista.engine.RequestTimings;
import io.barista.engine.StepPhase;
import io.barista.engine.lora.AdapterLimits;
import io.barista.modelservice.answer.FinishReasons;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** vLLM's metrics, under vLLM's names, from the engine's numbers. */
public final class EngineMetrics implements EngineObserver {

    private static final String ERROR = "error";
    private static final double NANOS = 1e9;

    private final PrometheusMeterRegistry registry;
    private final Tags tags;
    private final Map<String, Counter> finished = new LinkedHashMap<>();
    private final Counter cachedPromptTokens;
    private final DistributionSummary timeToFirstToken;
    private final DistributionSummary interTokenLatency;
    private final DistributionSummary timePerOutputToken;
    private final DistributionSummary endToEnd;
    private final DistributionSummary queued;
    private final DistributionSummary inference;
    private final DistributionSummary prefill;
    private final DistributionSummary decode;
    private final DistributionSummary promptTokens;
    private final DistributionSummary generationTokens;
    private final DistributionSummary maxTokens;
    private final DistributionSummary samples;
    private final DistributionSummary prefillComputed;
    private final DistributionSummary stepTokens;
    private final DistributionSummary[] stepTimes; // by phase
    private final DistributionSummary[] stepHostTimes;

    /** @param maxModelLen where the boundaries of token counts end */
    public EngineMetrics(PrometheusMeterRegistry registry, String model, int maxModelLen) {
        this.registry = registry;
        this.tags = Tags.of("model_name", model, "engine", "0");
        double[] tokenCounts = Buckets.oneTwoFive(maxModelLen);
        timeToFirstToken = histogram("time_to_first_token_seconds", Buckets.TIME_TO_FIRST_TOKEN);
        interTokenLatency = histogram("inter_token_latency_seconds", Buckets.BETWEEN_TOKENS);
        timePerOutputToken = histogram("request_time_per_output_token_seconds", Buckets.BETWEEN_TOKENS);
        endToEnd = histogram("e2e_request_latency_seconds", Buckets.REQUEST_SECONDS);
        queued = histogram("request_queue_time_seconds", Buckets.REQUEST_SECONDS);
        inference = histogram("request_inference_time_seconds", Buckets.REQUEST_SECONDS);
        prefill = histogram("request_prefill_time_seconds", Buckets.REQUEST_SECONDS);
        decode = histogram("request_decode_time_seconds", Buckets.REQUEST_SECONDS);
        promptTokens = histogram("request_prompt_tokens", tokenCounts);
        generationTokens = histogram("request_generation_tokens", tokenCounts);
        maxTokens = histogram("request_params_max_tokens", tokenCounts);
        samples = histogram("request_params_n", Buckets.SAMPLES);
        prefillComputed = histogram("request_prefill_kv_computed_tokens", tokenCounts);
        stepTokens = histogram("iteration_tokens_total", Buckets.STEP_TOKENS);
        stepTimes = stepHistograms("barista.step.time");
        stepHostTimes = stepHistograms("barista.step.host.time");
        cachedPromptTokens = Counter.builder("vllm:prompt_tokens_cached").tags(tags).register(registry);
        for (FinishReason reason : FinishReason.values()) {
            finished.put(FinishReasons.of(reason), finishedCounter(FinishReasons.of(reason)));
        }
        finished.put(ERROR, finishedCounter(ERROR));
    }

    /** Adds what the engine can be asked at any time. */
    public void bind(LlmEngine engine) {
        gauge("num_requests_running", engine, EngineStats::running);
        gauge("num_requests_waiting", engine, EngineStats::waiting);
        // what waits, waits for room: grammars are compiled before a request is queued, so nothing is deferred
        Gauge.builder("vllm:num_requests_waiting_by_reason", engine, running -> running.stats().waiting())
                .tags(tags.and("reason", "capacity")).register(registry);
        gauge("kv_cache_usage_perc", engine, EngineStats::kvUsage);
        counter("prefix_cache_queries", engine, EngineStats::prefixCacheQueries);
        counter("prefix_cache_hits", engine, EngineStats::prefixCacheHits);
        counter("num_preemptions", engine, EngineStats::preemptions);
        counter("prompt_tokens", engine, EngineStats::promptTokens);
        counter("generation_tokens", engine, EngineStats::generatedTokens);
        engine.sensors().ifPresent(sensors -> DeviceMetrics.bind(registry, sensors));
        engine.adapters().ifPresent(adapters -> new AdapterMetrics(registry, tags).bind(adapters, slots(engine)));
        Gauge.builder("vllm:cache_config_info", () -> 1)
                .tags(tags.and("block_size", String.valueOf(engine.config().blockSize()), "num_gpu_blocks",
                        String.valueOf(engine.config().kvBlocks()), "enable_prefix_caching",
                        String.valueOf(engine.config().enablePrefixCaching())))
                .register(registry);
    }

    private static int slots(LlmEngine engine) {
        AdapterLimits limits = engine.config().adapters();
        return limits == null ? 0 : limits.slots();
    }

    @Override
    public void onStep(StepPhase phase, int sequences, int tokens, long nanos, long waited) {
        stepTokens.record(tokens);
        stepTimes[phase.ordinal()].record(nanos / NANOS);
        stepHostTimes[phase.ordinal()].record((nanos - waited) / NANOS);
    }

    @Override
    public void onFirstToken(long nanos) {
        timeToFirstToken.record(nanos / NANOS);
    }

    @Override
    public void onNextToken(long nanos) {
        interTokenLatency.record(nanos / NANOS);
    }

    @Override
    public void onFinish(RequestTimings request) {
        for (@Nullable
        FinishReason reason : request.reasons()) {
            Counter counter = finished.get(reason == null ? ERROR : FinishReasons.of(reason));
            if (counter != null) {
                counter.increment();
            }
        }
        cachedPromptTokens.increment(request.cachedTokens());
        if (request.error() != null) {
            return;
        }
        endToEnd.record(request.totalNanos() / NANOS);
        queued.record(request.queueNanos() / NANOS);
        inference.record((request.prefillNanos() + request.decodeNanos()) / NANOS);
        prefill.record(request.prefillNanos() / NANOS);
        decode.record(request.decodeNanos() / NANOS);
        promptTokens.record(request.promptTokens());
        generationTokens.record(request.generatedTokens());
        maxTokens.record(request.maxTokens());
        samples.record(request.samples());
        prefillComputed.record(request.promptTokens() - request.cachedTokens());
        int later = request.generatedTokens() / request.samples() - 1;
        if (later > 0) {
            timePerOutputToken.record(request.decodeNanos() / NANOS / later);
        }
    }

    private DistributionSummary histogram(String name, double[] boundaries) {
        return DistributionSummary.builder("vllm:" + name).tags(tags).serviceLevelObjectives(boundaries)
                .register(registry);
    }

    /** vLLM has no such numbers. */
    private DistributionSummary[] stepHistograms(String name) {
        return Arrays.stream(StepPhase.values()).map(phase -> DistributionSummary.builder(name).baseUnit("seconds")
                .tags(tags.and("phase", phase.name().toLowerCase(Locale.ROOT)))
                .serviceLevelObjectives(Buckets.STEP_SECONDS).register(registry)).toArray(DistributionSummary[]::new);
    }

    private Counter finishedCounter(String reason) {
        return Counter.builder("vllm:request_success").tags(tags).tag("finished_reason", reason).register(registry);
    }

    private void gauge(String name, LlmEngine engine, ToDoubleFunction<EngineStats> value) {
        Gauge.builder("vllm:" + name, engine, each -> value.applyAsDouble(each.stats())).tags(tags).register(registry);
    }

    private void counter(String name, LlmEngine engine, ToDoubleFunction<EngineStats> value) {
        FunctionCounter.builder("vllm:" + name, engine, each -> value.applyAsDouble(each.stats())).tags(tags)
                .register(registry);
    }
}
