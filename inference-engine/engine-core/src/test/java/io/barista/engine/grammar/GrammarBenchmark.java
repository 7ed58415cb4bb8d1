package io.barista.engine.grammar;

import io.barista.engine.tokenizer.Tokenizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Not a test: compiles schemas of ordinary sizes over a vocabulary of 151,665 tokens, and masks every token of random texts by them.
 * Argument: seconds of texts for each schema. Prints JSON.
 */
final class GrammarBenchmark {

    private static final double NANOS_PER_MICRO = 1e3;
    private static final double NANOS_PER_MILLI = 1e6;

    private static final String PERSON = """
            {"type": "object", "properties": {
              "name": {"type": "string"}, "age": {"type": "integer", "minimum": 0, "maximum": 150},
              "email": {"type": "string", "format": "email"}, "tags": {"type": "array", "items": {"type": "string"}},
              "address": {"type": "object", "properties": {"street": {"type": "string"}, "city": {"type": "string"},
                "zip": {"type": "string", "pattern": "^[0-9]{5}$"}}, "required": ["street", "city"]},
              "role": {"enum": ["admin", "user", "guest"]}, "score": {"type": "number"}, "active": {"type": "boolean"}},
             "required": ["name", "age", "role"]}""";

    private static final String TREE = """
            {"$defs": {"node": {"type": "object", "properties": {"label": {"type": "string", "maxLength": 40},
              "children": {"type": "array", "items": {"$ref": "#/$defs/node"}}}, "required": ["label", "children"]}},
             "$ref": "#/$defs/node"}""";

    private final Tokenizer tokenizer;
    private final int seconds;

    private GrammarBenchmark(Tokenizer tokenizer, int seconds) {
        this.tokenizer = tokenizer;
        this.seconds = seconds;
    }

    public static void main(String[] args) throws IOException {
        int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        new GrammarBenchmark(FullVocabulary.qwen2(), seconds).run();
    }

    private void run() {
        Map<String, StructuredOutput> outputs = new LinkedHashMap<>();
        outputs.put("any object", new StructuredOutput.JsonObject(Whitespace.FLEXIBLE));
        outputs.put("person, 8 properties", new StructuredOutput.JsonSchema(PERSON, Whitespace.FLEXIBLE));
        outputs.put("tree, recursive", new StructuredOutput.JsonSchema(TREE, Whitespace.FLEXIBLE));
        outputs.put("regex", new StructuredOutput.Regex("(19|20)\\d\\d-[01]\\d-[0-3]\\d( [a-z]+){0,5}"));
        outputs.put("choice", new StructuredOutput.Choice(List.of("positive", "negative", "neutral")));
        long start = System.nanoTime();
        new GrammarCompiler(tokenizer, tokenizer.vocabSize(), List.of()).warmUp();
        System.out.printf("{%n  \"vocabulary\": %d, \"first_use_ms\": %.0f,%n  \"grammars\": {%n",
                tokenizer.vocabSize(), (System.nanoTime() - start) / NANOS_PER_MILLI);
        List<String> lines = new ArrayList<>();
        outputs.forEach((name, output) -> lines.add(measure(name, output)));
        System.out.println(String.join(",\n", lines) + "\n  }\n}");
    }

    private String measure(String name, StructuredOutput output) {
        double[] compiles = new double[15];
        GrammarCompiler compiler = new GrammarCompiler(tokenizer, tokenizer.vocabSize(), List.of());
        compiler.warmUp();
        CompiledGrammar grammar = compiler.compile(output);
        for (int i = 0; i < compiles.length; i++) {
            compiler.forget();
            long start = System.nanoTime();
            grammar = compiler.compile(output);
            compiles[i] = (System.nanoTime() - start) / NANOS_PER_MILLI;
        }
        long[] nanos = maskTimes(grammar);
        return "    \"%s\": {\"compile_ms\": {\"p50\": %.1f, \"max\": %.1f}, \"masks\": %d, \"mask_us\": {\"p50\": %.1f, \"p99\": %.1f, \"max\": %.1f}}"
                .formatted(name, at(compiles, 0.5), at(compiles, 1), nanos.length, at(nanos, 0.5), at(nanos, 0.99),
                        at(nanos, 1));
    }

    private long[] maskTimes(CompiledGrammar grammar) {
        long[] nanos = new long[4_000_000];
        int size = 0;
        long[] mask = new long[grammar.maskWords()];
        Random random = new Random(1);
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        while (System.nanoTime() < end && size < nanos.length - 1_000) {
            GrammarMatcher matcher = grammar.newMatcher();
            Sampling sampling = new Sampling(tokenizer, random);
            for (int i = 0; i < 300; i++) {
                long start = System.nanoTime();
                Arrays.fill(mask, 0);
                matcher.addAllowed(mask);
                nanos[size++] = System.nanoTime() - start;
                if (matcher.mustEnd() || matcher.mayEnd() && random.nextInt(4) == 0) {
                    break;
                }
                matcher.accept(sampling.pick(mask, i > 150));
            }
        }
        return Arrays.copyOf(nanos, size);
    }

    private static double at(long[] nanos, double quantile) {
        Arrays.sort(nanos);
        return nanos[(int) Math.min(nanos.length - 1, quantile * nanos.length)] / NANOS_PER_MICRO;
    }

    private static double at(double[] values, double quantile) {
        Arrays.sort(values);
        return values[(int) Math.min(values.length - 1, quantile * values.length)];
    }
}
