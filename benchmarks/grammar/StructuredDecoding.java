import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.engine.EngineEvent;
import io.barista.engine.EngineListener;
import io.barista.engine.EngineObserver;
import io.barista.engine.GenerationRequest;
import io.barista.engine.LlmEngine;
import io.barista.engine.SamplingParams;
import io.barista.engine.cpu.CpuBackend;
import io.barista.engine.grammar.GrammarCompiler;
import io.barista.engine.grammar.OutputConstraint;
import io.barista.engine.grammar.StructuredOutput;
import io.barista.engine.grammar.Whitespace;
import io.barista.engine.grammar.syntax.GrammarException;
import io.barista.engine.model.ModelFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What an answer's form costs the demo model: tokens a second of 16 answers with and without a JSON schema, turn by turn, the time to the
 * first token with a schema that is cached, and how long hostile forms take until they are refused. Arguments: model folder, rounds. Prints
 * one line of JSON.
 */
final class StructuredDecoding {

    private static final int BATCH = 16;
    private static final int TOKENS = 200;
    private static final int FIRST_TOKENS = 41;

    /** Never ends before its tokens are used up, so that both sides generate the same number. */
    private static final StructuredOutput LIST = new StructuredOutput.JsonSchema("""
            {"type": "array", "minItems": 500, "items": {"type": "object", "properties": {"id": {"type": "integer",
              "minimum": 0, "maximum": 99999}, "kind": {"enum": ["red", "green", "blue"]}, "name": {"type": "string",
              "maxLength": 20}}, "required": ["id", "kind", "name"]}}""", Whitespace.FLEXIBLE);

    private static final Map<String, StructuredOutput> HOSTILE = hostile();

    /** When the first and the last token of an answer came. */
    private static final class Arrivals implements EngineListener {

        private final long submitted;
        private final CompletableFuture<Double> firstMillis = new CompletableFuture<>();
        private final CompletableFuture<Integer> end = new CompletableFuture<>();
        private int tokens;

        Arrivals(long submitted) {
            this.submitted = submitted;
        }

        @Override
        public void onEvent(EngineEvent event) {
            switch (event) {
                case EngineEvent.Delta delta -> {
                    firstMillis.complete((System.nanoTime() - submitted) / 1e6);
                    tokens += delta.tokens().length;
                }
                case EngineEvent.Completed _ -> end.complete(tokens);
                case EngineEvent.Failed failed -> end.completeExceptionally(failed.error());
                case EngineEvent.PromptLogprobs _, EngineEvent.SampleFinished _ -> {
                }
            }
        }
    }

    private final LlmEngine engine;
    private int requests;

    private StructuredDecoding(LlmEngine engine) {
        this.engine = engine;
    }

    public static void main(String[] args) throws Exception {
        int rounds = Integer.parseInt(args[1]);
        EngineConfig config = EngineConfig.empty().with(EngineOptions.MAX_NUM_SEQS, BATCH)
                .with(EngineOptions.ENABLE_PREFIX_CACHING, false);
        try (LlmEngine engine = LlmEngine.start(ModelFolder.open(Path.of(args[0])), config, List.of(new CpuBackend()),
                EngineObserver.NONE)) {
            new StructuredDecoding(engine).run(rounds);
        }
    }

    private void run(int rounds) throws Exception {
        throughput(null);
        throughput(LIST);
        double[] free = new double[rounds];
        double[] formed = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            // who goes first alternates, so that neither gains from a machine that warms up or tires
            for (StructuredOutput output : round % 2 == 0 ? Arrays.asList(null, LIST) : Arrays.asList(LIST, null)) {
                (output == null ? free : formed)[round] = throughput(output);
            }
        }
        double[] freeFirst = new double[FIRST_TOKENS];
        double[] formedFirst = new double[FIRST_TOKENS];
        for (int i = 0; i < FIRST_TOKENS; i++) {
            freeFirst[i] = firstToken(null);
            formedFirst[i] = firstToken(LIST);
        }
        List<String> refusals = new ArrayList<>();
        HOSTILE.forEach((name, output) -> refusals.add(refusal(name, output)));
        System.out.printf("{\"batch\": %d, \"tokens_each\": %d, \"rounds\": %d, \"free_tokens_per_second\": %.0f, "
                + "\"schema_tokens_per_second\": %.0f, \"schema_cost_percent\": %.1f, \"first_token_ms\": {\"free\": %.2f, "
                + "\"schema_cached\": %.2f, \"added\": %.2f}, \"hostile\": {%s}}%n", BATCH, TOKENS, rounds, median(free),
                median(formed), 100 * (1 - median(formed) / median(free)), median(freeFirst), median(formedFirst),
                median(formedFirst) - median(freeFirst), String.join(", ", refusals));
    }

    private double throughput(@Nullable StructuredOutput output) throws Exception {
        long start = System.nanoTime();
        List<Arrivals> all = IntStream.range(0, BATCH).mapToObj(_ -> submit(output, TOKENS)).toList();
        int tokens = 0;
        for (Arrivals arrivals : all) {
            tokens += arrivals.end.get(10, TimeUnit.MINUTES);
        }
        return tokens / ((System.nanoTime() - start) / 1e9);
    }

    private double firstToken(@Nullable StructuredOutput output) throws Exception {
        Arrivals arrivals = submit(output, 1);
        arrivals.end.get(10, TimeUnit.MINUTES);
        return arrivals.firstMillis.get();
    }

    private Arrivals submit(@Nullable StructuredOutput output, int tokens) {
        Arrivals arrivals = new Arrivals(System.nanoTime());
        GrammarCompiler grammars = engine.grammars();
        OutputConstraint constraint = output == null ? null : grammars.constraint(grammars.compile(output), null);
        int[] prompt = IntStream.range(0, 32).map(i -> 100 + (i * 7 + requests) % 1500).toArray();
        engine.submit(new GenerationRequest("r" + requests++, prompt,
                SamplingParams.greedy(tokens).ignoreEos(true).build(), 0, null, null, constraint), arrivals);
        return arrivals;
    }

    private String refusal(String name, StructuredOutput output) {
        long start = System.nanoTime();
        boolean refused = false;
        try {
            engine.grammars().compile(output);
        } catch (GrammarException expected) {
            refused = true;
        }
        return "\"%s\": {\"refused\": %b, \"ms\": %.0f}".formatted(name, refused, (System.nanoTime() - start) / 1e6);
    }

    private static Map<String, StructuredOutput> hostile() {
        Map<String, StructuredOutput> outputs = new LinkedHashMap<>();
        outputs.put("nested counts", new StructuredOutput.Regex("((a{1,1000}){1,1000}){1,1000}"));
        outputs.put("subset explosion", new StructuredOutput.Regex("(a|b)*a(a|b){40}"));
        outputs.put("deep groups", new StructuredOutput.Regex("(".repeat(100_000) + "a" + ")".repeat(100_000)));
        outputs.put("endless rule", new StructuredOutput.Ebnf("root ::= root"));
        outputs.put("long minimum", new StructuredOutput.JsonSchema("{\"type\":\"string\",\"minLength\":100000000}",
                Whitespace.FLEXIBLE));
        outputs.put("wide schema", new StructuredOutput.JsonSchema(wide(4, 40), Whitespace.FLEXIBLE));
        outputs.put("deep schema", new StructuredOutput.JsonSchema(
                "{\"items\":".repeat(20_000) + "{}" + "}".repeat(20_000), Whitespace.FLEXIBLE));
        outputs.put("reference to itself", new StructuredOutput.JsonSchema("{\"$ref\":\"#\"}", Whitespace.FLEXIBLE));
        return outputs;
    }

    private static String wide(int depth, int width) {
        if (depth == 0) {
            return "{\"type\":\"string\"}";
        }
        String inner = wide(depth - 1, width);
        StringBuilder schema = new StringBuilder("{\"type\":\"object\",\"properties\":{");
        for (int i = 0; i < width; i++) {
            schema.append(i == 0 ? "" : ",").append("\"p").append(i).append("\":").append(inner);
        }
        return schema.append("}}").toString();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
