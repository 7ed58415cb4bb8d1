import io.barista.config.DtypeChoice;
import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.config.QuantizationChoice;
import io.barista.engine.EngineEvent;
import io.barista.engine.EngineListener;
import io.barista.engine.EngineObserver;
import io.barista.engine.GenerationRequest;
import io.barista.engine.LlmEngine;
import io.barista.engine.SamplingParams;
import io.barista.engine.cpu.CpuBackend;
import io.barista.engine.model.ModelFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Tokens a second of the whole engine, requests in and events out. Usage: CpuBenchmark FOLDER bf16|int8 THREADS; one JSON object of
 * figures on standard output, medians of {@link #RUNS}.
 */
final class CpuBenchmark {

    private static final int RUNS = 3;
    private static final int PROMPT = 16;

    /** When each token of a request came. */
    private static final class Arrivals implements EngineListener {

        private final long submitted = System.nanoTime();
        private final List<Long> tokens = new ArrayList<>();
        private final CompletableFuture<Arrivals> end = new CompletableFuture<>();

        @Override
        public void onEvent(EngineEvent event) {
            switch (event) {
                case EngineEvent.Delta delta -> {
                    for (int i = 0; i < delta.tokens().length; i++) {
                        tokens.add(System.nanoTime());
                    }
                }
                case EngineEvent.Completed _ -> end.complete(this);
                case EngineEvent.Failed failed -> end.completeExceptionally(failed.error());
                default -> {
                }
            }
        }

        double firstTokenSeconds() {
            return (tokens.getFirst() - submitted) / 1e9;
        }
    }

    private final LlmEngine engine;
    private int requests;

    private CpuBenchmark(LlmEngine engine) {
        this.engine = engine;
    }

    public static void main(String[] args) throws Exception {
        EngineConfig config = EngineConfig.empty().with(EngineOptions.DTYPE, DtypeChoice.BFLOAT16)
                .with(EngineOptions.MAX_MODEL_LEN, 2048).with(EngineOptions.MAX_NUM_SEQS, 8)
                .with(EngineOptions.CPU_THREADS, Integer.parseInt(args[2]));
        if (args[1].equals("int8")) {
            config = config.with(EngineOptions.QUANTIZATION, QuantizationChoice.INT8);
        }
        try (LlmEngine engine = LlmEngine.start(ModelFolder.open(Path.of(args[0])), config, List.of(new CpuBackend()),
                EngineObserver.NONE)) {
            CpuBenchmark benchmark = new CpuBenchmark(engine);
            benchmark.warmUp();
            Map<String, Double> figures = new LinkedHashMap<>();
            figures.put("decode-1", median(() -> benchmark.decode(1, 32)));
            figures.put("decode-8", median(() -> benchmark.decode(8, 16)));
            figures.put("prefill-512", median(() -> 512 / benchmark.firstToken(benchmark.prompt(512))));
            if (args[1].equals("bf16")) {
                figures.put("prefix-hit-1500", median(benchmark::prefixHit));
            }
            System.out.println(figures.entrySet().stream()
                    .map(figure -> "\"%s\": %.4g".formatted(figure.getKey(), figure.getValue()))
                    .collect(Collectors.joining(", ", "{", "}")));
        }
    }

    private interface Measurement {
        double run() throws Exception;
    }

    private static double median(Measurement measurement) throws Exception {
        double[] values = new double[RUNS];
        for (int i = 0; i < RUNS; i++) {
            values[i] = measurement.run();
        }
        Arrays.sort(values);
        return values[RUNS / 2];
    }

    /** Until a short answer is no faster than the one before: the compiler is done then. */
    private void warmUp() throws Exception {
        double best = 0;
        for (int calm = 0, round = 0; calm < 3 && round < 20; round++) {
            double rate = decode(1, 16);
            firstToken(prompt(64));
            calm = rate > 1.05 * best ? 0 : calm + 1;
            best = Math.max(best, rate);
        }
        decode(8, 8);
        firstToken(prompt(512));
    }

    /** Tokens a second of all streams together, from the last stream's first token to the first stream's last. */
    private double decode(int streams, int tokens) throws Exception {
        List<Arrivals> all = IntStream.range(0, streams).mapToObj(_ -> submit(prompt(PROMPT), tokens + 4)).toList();
        for (Arrivals arrivals : all) {
            arrivals.end.get(10, TimeUnit.MINUTES);
        }
        long from = all.stream().mapToLong(arrivals -> arrivals.tokens.getFirst()).max().orElseThrow();
        long to = all.stream().mapToLong(arrivals -> arrivals.tokens.getLast()).min().orElseThrow();
        long between = all.stream().flatMap(arrivals -> arrivals.tokens.stream())
                .filter(time -> time > from && time <= to).count();
        return between / ((to - from) / 1e9);
    }

    private double firstToken(int[] prompt) throws Exception {
        return submit(prompt, 1).end.get(10, TimeUnit.MINUTES).firstTokenSeconds();
    }

    /** How many times faster the first token comes when the prompt was there before. */
    private double prefixHit() throws Exception {
        int[] prompt = prompt(1500);
        double miss = firstToken(prompt);
        return miss / firstToken(prompt);
    }

    private Arrivals submit(int[] prompt, int tokens) {
        Arrivals arrivals = new Arrivals();
        engine.submit(new GenerationRequest("r" + requests, prompt,
                SamplingParams.greedy(tokens).ignoreEos(true).build()), arrivals);
        return arrivals;
    }

    /** Another one each time, so that no prefix is there already. */
    private int[] prompt(int length) {
        int seed = ++requests;
        return IntStream.range(0, length).map(i -> 1000 + (int) ((i * 7919L + seed * 104729L) % 1_000)).toArray();
    }
}
