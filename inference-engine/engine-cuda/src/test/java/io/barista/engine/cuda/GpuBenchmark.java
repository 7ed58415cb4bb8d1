package io.barista.engine.cuda;

import static io.barista.config.EngineOptions.ENABLE_LORA;
import static io.barista.config.EngineOptions.ENFORCE_EAGER;
import static io.barista.config.EngineOptions.MAX_LORAS;
import static io.barista.config.EngineOptions.MAX_LORA_RANK;
import static io.barista.config.EngineOptions.MAX_MODEL_LEN;
import static io.barista.config.EngineOptions.MAX_NUM_BATCHED_TOKENS;
import static io.barista.config.EngineOptions.MAX_NUM_SEQS;

import io.barista.config.EngineConfig;
import io.barista.engine.EngineObserver;
import io.barista.engine.LlmEngine;
import io.barista.engine.StepPhase;
import io.barista.engine.backend.Backend;
import io.barista.engine.lora.Adapter;
import io.barista.engine.lora.AdapterSource;
import io.barista.engine.model.ModelFolder;
import io.barista.engine.testkit.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/**
 * Times whole models of public shapes with random weights: {@code GpuBenchmark OUT.json COMMIT [PART...]}. Parts are ceilings, llama,
 * qwen, lora, host and load, llama-stream for what llama begins with, and mixture, latent, int4, int8 and fp8; without any, the first six. Peers'
 * figures are those of bench_transformers.py on the same kind of device.
 */
final class GpuBenchmark {

    private static final int ADAPTER_RANK = 16;

    private final Path folder;
    private final List<Map<String, Object>> results = new ArrayList<>();

    private GpuBenchmark(Path folder) {
        this.folder = folder;
    }

    public static void main(String... arguments) throws Exception {
        List<String> parts = arguments.length > 2
                ? Arrays.asList(arguments).subList(2, arguments.length)
                : List.of("ceilings", "host", "load", "qwen", "llama", "lora");
        GpuBenchmark benchmark = new GpuBenchmark(Files.createTempDirectory("barista-benchmark"));
        Map<String, Object> report = new LinkedHashMap<>();
        Map<String, Object> ceilings = parts.contains("ceilings") ? Ceilings.measure() : Map.of();
        report.put("device", ceilings.getOrDefault("device", "not asked"));
        report.put("commit", arguments[1]);
        report.put("ceilings", ceilings);
        report.put("results", benchmark.results);
        System.out.println("ceilings " + ceilings);
        for (String part : parts) {
            try {
                switch (part) {
                    case "host" -> benchmark.hostCost();
                    case "qwen" -> benchmark.qwen();
                    case "load" -> benchmark.load();
                    case "llama" -> benchmark.llama(true);
                    case "llama-stream" -> benchmark.llama(false);
                    case "lora" -> benchmark.lora();
                    case "mixture" -> benchmark.family(new BenchmarkMixture());
                    case "latent" -> benchmark.family(new BenchmarkLatent());
                    case "int4" -> benchmark.quantized(BenchmarkQuantized.Format.INT4);
                    case "int8" -> benchmark.quantized(BenchmarkQuantized.Format.INT8);
                    case "fp8" -> benchmark.quantized(BenchmarkQuantized.Format.FP8);
                    default -> {
                    }
                }
            } catch (RuntimeException e) {
                // The other parts are worth their time on the device all the same.
                e.printStackTrace();
            }
            Files.writeString(Path.of(arguments[0]),
                    JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(report));
        }
    }

    private void llama(boolean batches) throws Exception {
        BenchmarkModel model = BenchmarkModel.LLAMA_3_1_8B;
        try (LlmEngine engine = start(model, 256, 8_192)) {
            TimedRequests requests = new TimedRequests(engine, model.vocabulary());
            requests.run(1, 128, 32);
            double oneStream = median(requests, 3, 1, 128, 256);
            add(model, "one-stream", oneStream, 303, Map.of("transformers, static cache, torch.compile", 150.1));
            if (!batches) {
                return;
            }
            warmUp(requests, 20, 2_048);
            double short_ = 2_048 * median(requests, 5, 1, 2_048, 1);
            add(model, "prefill-2048", short_, 55_700, Map.of("transformers", 34_860));
            warmUp(requests, 5, 8_192);
            double long_ = 8_192 * median(requests, 5, 1, 8_192, 1);
            add(model, "prefill-8192", long_, 50_200, Map.of("transformers", 31_550));
            requests.run(256, 512, 16);
            add(model, "batch-64", median(requests, 1, 64, 512, 256), 0, Map.of("transformers, static batch", 1_261));
            add(model, "batch-256", median(requests, 1, 256, 512, 256), 15_100,
                    Map.of("transformers, static batch", 3_459, "transformers, continuous batching", 652));
            TimedRequests.Run sampled = requests.run(16, 128, 64, 0.8);
            add(model, "batch-16-sampled", sampled.tokensPerSecond(), 0, Map.of());
        }
    }

    private void load() throws Exception {
        LoadBenchmark.Result result = LoadBenchmark.measure(BenchmarkModel.LLAMA_3_1_8B, folder.resolve("load"));
        result("llama-3.1-8b/load", result.gigabytesPerSecond(), "GB/s", result.ceiling(), Map.of());
    }

    private void qwen() throws Exception {
        BenchmarkModel model = BenchmarkModel.QWEN_2_5_0_5B;
        try (LlmEngine engine = start(model, 64, 8_192)) {
            TimedRequests requests = new TimedRequests(engine, model.vocabulary());
            requests.run(1, 128, 32);
            add(model, "one-stream", median(requests, 5, 1, 128, 256), 4_600,
                    Map.of("transformers, static cache, torch.compile", 390));
        }
    }

    private void quantized(BenchmarkQuantized.Format format) throws Exception {
        family(new BenchmarkQuantized(BenchmarkModel.LLAMA_3_1_8B, format));
    }

    private void family(BenchmarkShape model) throws Exception {
        try (LlmEngine engine = start(model, 64, 8_192)) {
            TimedRequests requests = new TimedRequests(engine, model.vocabulary());
            requests.run(1, 128, 32);
            add(model, "one-stream", median(requests, 3, 1, 128, 256), Floors.generated(model, 1, 128, 256), Map.of());
            requests.run(1, 2_048, 1);
            add(model, "prefill-2048", 2_048 * median(requests, 3, 1, 2_048, 1), Floors.prefilled(model, 2_048),
                    Map.of());
            requests.run(64, 64, 8);
            add(model, "batch-64", median(requests, 1, 64, 512, 256), Floors.generated(model, 64, 512, 256), Map.of());
        }
    }

    /**
     * The base model alone, then requests that have 1, 4, 16 or 64 adapters in turn; one request at a time; then how long adapters take to
     * come.
     */
    private void lora() throws Exception {
        BenchmarkModel model = BenchmarkModel.LLAMA_3_1_8B;
        int most = 64;
        int slots = 16;
        AdapterSource source = BenchmarkAdapters.writeInto(folder.resolve("adapters"), model, most, ADAPTER_RANK);
        StepTimes times = new StepTimes();
        try (LlmEngine engine = startWithAdapters(model, slots, source, times)) {
            List<Adapter> adapters = prepared(engine, slots);
            TimedRequests alone = new TimedRequests(engine, model.vocabulary());
            TimedRequests mixed = new TimedRequests(engine, model.vocabulary(), adapters);
            alone.run(64, 512, 32);
            mixed.run(64, 512, 32);
            times.clear();
            double base = median(alone, 1, 64, 512, 256);
            add(model, "lora-batch-64-base", base, 0, Map.of());
            result(model.title() + "/lora-step-64-base", times.microseconds(), "us", 0, Map.of());
            for (int count : new int[]{1, 4, slots}) {
                shareOfBase(model, engine, adapters.subList(0, count), times, base);
            }
            warmUp(alone, 3, 8_192);
            warmUp(mixed, 3, 8_192);
            double prompts = 8_192 * median(alone, 5, 1, 8_192, 1);
            add(model, "lora-prefill-8192-base", prompts, 0, Map.of());
            ofBase(model, "lora-prefill-8192-adapters-1", 8_192 * median(mixed, 5, 1, 8_192, 1), prompts);
            alone.run(1, 128, 32);
            mixed.run(1, 128, 32);
            double stream = median(alone, 1, 1, 128, 256);
            add(model, "lora-one-stream-base", stream, 0, Map.of());
            ofBase(model, "lora-one-stream-adapters-1", median(mixed, 1, 1, 128, 256), stream);
            String[] others = IntStream.range(slots, most).mapToObj(i -> "a" + i).toArray(String[]::new);
            latencies(model, new AdapterLatency(engine, model.vocabulary(), others));
        }
        try (LlmEngine engine = startWithAdapters(model, most, source, times)) {
            List<Adapter> adapters = prepared(engine, most);
            TimedRequests alone = new TimedRequests(engine, model.vocabulary());
            alone.run(64, 512, 32);
            new TimedRequests(engine, model.vocabulary(), adapters).run(64, 512, 32);
            shareOfBase(model, engine, adapters, times, median(alone, 1, 64, 512, 256));
        }
    }

    private LlmEngine startWithAdapters(BenchmarkModel model, int slots, AdapterSource source, EngineObserver observer)
            throws IOException {
        EngineConfig config = EngineConfig.empty().with(MAX_NUM_SEQS, 64).with(MAX_NUM_BATCHED_TOKENS, 8_192)
                .with(MAX_MODEL_LEN, 8_320).with(ENABLE_LORA, true).with(MAX_LORAS, slots)
                .with(MAX_LORA_RANK, ADAPTER_RANK);
        return LlmEngine.start(ModelFolder.open(model.writeInto(folder.resolve("lora"))), config,
                List.of(CudaBackend.withRandomWeights()), source, observer);
    }

    private static List<Adapter> prepared(LlmEngine engine, int count) {
        return IntStream.range(0, count).mapToObj(i -> engine.adapters().orElseThrow().prepare("a" + i).join())
                .toList();
    }

    private void shareOfBase(BenchmarkModel model, LlmEngine engine, List<Adapter> adapters, StepTimes times,
            double base) throws InterruptedException {
        TimedRequests some = new TimedRequests(engine, model.vocabulary(), adapters);
        times.clear();
        ofBase(model, "lora-batch-64-adapters-" + adapters.size(), median(some, 1, 64, 512, 256), base);
        result(model.title() + "/lora-step-64-adapters-" + adapters.size(), times.microseconds(), "us", 0, Map.of());
    }

    private void ofBase(BenchmarkModel model, String work, double value, double base) {
        add(model, work, value, 0, Map.of());
        results.getLast().put("base", base);
        results.getLast().put("share_of_base", value / base);
    }

    private void latencies(BenchmarkModel model, AdapterLatency latency) throws InterruptedException {
        AdapterLatency.FirstTokens first = latency.firstTokens();
        result(model.title() + "/lora-first-token-base", first.base(), "ms", 0, Map.of());
        result(model.title() + "/lora-first-token-warm", first.warm(), "ms", 0, Map.of());
        result(model.title() + "/lora-first-token-cold", first.cold(), "ms", 0, Map.of());
        latency.alone();
        AdapterLatency.Gaps alone = latency.alone();
        gaps(model, "alone", alone, alone);
        gaps(model, "beside-loaded", latency.beside(false), alone);
        gaps(model, "beside-loading", latency.beside(true), alone);
    }

    private void gaps(BenchmarkModel model, String when, AdapterLatency.Gaps gaps, AdapterLatency.Gaps alone) {
        result(model.title() + "/lora-neighbours-p99-" + when, gaps.p99(), "ms", 0, Map.of());
        results.getLast().put("p50", gaps.p50());
        results.getLast().put("requests_for_adapters", gaps.requests());
        results.getLast().put("p50_of_alone", gaps.p50() / alone.p50());
        results.getLast().put("p99_of_alone", gaps.p99() / alone.p99());
    }

    /** A step of a model so small that next to nothing but the host's work is left. */
    private void hostCost() throws Exception {
        Path tiny = TinyModel.LLAMA_SHARDED.unpackInto(folder);
        StepTimes times = new StepTimes();
        EngineConfig config = EngineConfig.empty().with(MAX_NUM_SEQS, 64).with(MAX_NUM_BATCHED_TOKENS, 8_192);
        try (LlmEngine engine = LlmEngine.start(ModelFolder.open(tiny), config, List.of(new CudaBackend()), times)) {
            TimedRequests requests = new TimedRequests(engine, 300);
            requests.run(64, 64, 256);
            times.clear();
            requests.run(64, 64, 256);
            result("host/step-batch-64", times.microseconds(), "us", 0, Map.of());
            result("host/java-batch-64", times.hostMicroseconds(), "us", 0, Map.of());
        }
        EngineConfig eager = config.with(ENFORCE_EAGER, true);
        try (LlmEngine engine = LlmEngine.start(ModelFolder.open(tiny), eager, List.of(new CudaBackend()), times)) {
            TimedRequests requests = new TimedRequests(engine, 300);
            requests.run(64, 64, 128);
            times.clear();
            requests.run(64, 64, 128);
            result("host/eager-step-batch-64", times.microseconds(), "us", 0, Map.of());
        }
    }

    private static final class StepTimes implements EngineObserver {

        private final List<Long> nanos = Collections.synchronizedList(new ArrayList<>());
        private final List<Long> hostNanos = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void onStep(StepPhase phase, int sequences, int tokens, long took, long waited) {
            if (sequences == 64 && tokens == 64) {
                nanos.add(took);
                hostNanos.add(took - waited);
            }
        }

        void clear() {
            nanos.clear();
            hostNanos.clear();
        }

        double microseconds() {
            return median(nanos) / 1e3;
        }

        double hostMicroseconds() {
            return median(hostNanos) / 1e3;
        }

        private static long median(List<Long> values) {
            List<Long> sorted = values.stream().sorted().toList();
            return sorted.get(sorted.size() / 2);
        }
    }

    private LlmEngine start(BenchmarkShape model, int sequences, int budget) throws IOException {
        Backend backend = CudaBackend.withRandomWeights();
        EngineConfig config = EngineConfig.empty().with(MAX_NUM_SEQS, sequences).with(MAX_NUM_BATCHED_TOKENS, budget)
                .with(MAX_MODEL_LEN, 8_320);
        return LlmEngine.start(ModelFolder.open(model.writeInto(folder)), config, List.of(backend),
                EngineObserver.NONE);
    }

    /** Until the host's part is compiled and products' algorithms are chosen. */
    private static void warmUp(TimedRequests requests, int times, int promptTokens) throws InterruptedException {
        for (int i = 0; i < times; i++) {
            requests.run(1, promptTokens, 1);
        }
    }

    /** Output tokens a second. */
    private static double median(TimedRequests requests, int repeats, int count, int promptTokens, int outputTokens)
            throws InterruptedException {
        double[] values = new double[repeats];
        for (int i = 0; i < repeats; i++) {
            values[i] = requests.run(count, promptTokens, outputTokens).tokensPerSecond();
        }
        Arrays.sort(values);
        return values[repeats / 2];
    }

    private void add(BenchmarkShape model, String work, double value, double floor, Map<String, Object> peers) {
        result(model.title() + "/" + work, value, "tok/s", floor, peers);
    }

    /** @param floor what the device's ceilings allow, 0 where nobody worked it out */
    private void result(String name, double value, String unit, double floor, Map<String, Object> peers) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("name", name);
        result.put("value", value);
        result.put("unit", unit);
        if (floor > 0) {
            result.put("floor", floor);
            result.put("share", value / floor);
        }
        result.put("peers", peers);
        results.add(result);
        System.out.printf("%-48s %12.2f %s%n", name, value, unit);
    }
}
