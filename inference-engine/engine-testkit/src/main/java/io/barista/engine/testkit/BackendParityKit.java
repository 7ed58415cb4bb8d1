package io.barista.engine.testkit;

import static io.barista.engine.testkit.TestTensors.matrix;
import static io.barista.engine.testkit.TestTensors.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.HeadsInCache;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.Linear;
import io.barista.engine.backend.StepInputs;
import io.barista.engine.backend.TensorOps;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every operation of a backend against an oracle, over sizes that are no multiple of anything. A backend's test extends this
 * and says what to compare; seeds are fixed, so a failure repeats.
 */
public abstract class BackendParityKit {

    private final Random random = new Random(42);
    @SuppressWarnings("NullAway.Init") // opened before each test
    private Twin twin;

    /** Exact enough to measure others by. */
    protected abstract TensorOps openOracle();

    protected abstract TensorOps openCandidate();

    /** Rows of activations that the candidate takes have a multiple of so many columns. */
    protected int columnMultiple() {
        return 1;
    }

    /** Blocks of a cache that the candidate takes hold a multiple of so many tokens. */
    protected int blockMultiple() {
        return 1;
    }

    private int columns(int atLeast) {
        return Math.ceilDiv(atLeast, columnMultiple()) * columnMultiple();
    }

    @BeforeEach
    void open() {
        twin = new Twin(openOracle(), openCandidate());
    }

    @AfterEach
    void close() {
        twin.close();
    }

    static Stream<Arguments> products() {
        int[][] shapes = {{1, 1}, {7, 3}, {40, 31}, {64, 64}, {96, 17}, {129, 100}, {256, 130}, {600, 33}};
        return Stream.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16)
                .flatMap(dtype -> Stream.of(shapes).map(shape -> Arguments.of(dtype, shape[0], shape[1])));
    }

    @ParameterizedTest
    @MethodSource("products")
    void matmulOfAnyNumberOfRows(DType dtype, int fewestInputs, int outputs) {
        int inputs = columns(fewestInputs);
        Twin.Weights weights = twin.pack(matrix("w", dtype, outputs, inputs, random(random, outputs * inputs, 1)));
        Twin.Buffer bias = twin.vector(random(random, outputs, 1));
        for (int rows : new int[]{1, 2, 3, 4, 5, 7, 8, 9, 31, 33, 127, 129}) {
            Twin.Buffer x = twin.rows(random(random, rows * inputs, 1));
            Twin.Buffer plain = twin.unwritten(rows * outputs);
            Twin.Buffer biased = twin.unwritten(rows * outputs);
            twin.onBoth((ops, side) -> {
                ops.matmul(side.of(weights), null, side.of(x), rows, side.of(plain));
                ops.matmul(side.of(weights), side.of(bias), side.of(x), rows, side.of(biased));
            });
            int terms = Math.max(16, inputs); // few may cancel each other, and their rounding stays
            twin.assertAgree(rows + " rows", plain, terms);
            twin.assertAgree(rows + " rows and a bias", biased, terms);
        }
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void matmulWithAStackOfUnequalParts(DType dtype) {
        HostTensor[] parts = IntStream.of(33, 5, 64, 1, 15)
                .mapToObj(outputs -> matrix("part" + outputs, dtype, outputs, 48, random(random, outputs * 48, 1)))
                .toArray(HostTensor[]::new);
        Twin.Weights weights = twin.pack(parts);
        Twin.Buffer x = twin.rows(random(random, 3 * 48, 1));
        Twin.Buffer out = twin.unwritten(3 * 118);

        twin.onBoth((ops, side) -> ops.matmul(side.of(weights), null, side.of(x), 3, side.of(out)));

        twin.assertAgree("stack", out, 48);
    }

    static Stream<Arguments> quantizedProducts() {
        int[][] shapes = {{8, 1}, {40, 31}, {96, 17}, {129, 100}, {256, 130}, {601, 33}, {1100, 70}, {2048, 48}};
        return Stream.of(TestWeights.Kind.values()).flatMap(kind -> Stream.of(shapes).flatMap(shape -> Stream.of(
                Arguments.of(kind, shape[0], shape[1], 32), Arguments.of(kind, shape[0], shape[1], shape[0]))));
    }

    @ParameterizedTest
    @MethodSource("quantizedProducts")
    void matmulWithAStackOfQuantizedParts(TestWeights.Kind kind, int fewestInputs, int outputs, int smallestGroup) {
        int inputs = columns(fewestInputs);
        int groupSize = smallestGroup == fewestInputs ? inputs : smallestGroup;
        Twin.Weights weights = twin.pack(List.of(TestWeights.of(kind, random, outputs, inputs, groupSize),
                TestWeights.of(kind, random, 19, inputs, groupSize)));
        int stacked = outputs + 19;
        for (int rows : new int[]{1, 2, 5, 8, 9, 33, 70}) {
            Twin.Buffer x = twin.rows(random(random, rows * inputs, 1));
            Twin.Buffer out = twin.unwritten(rows * stacked);
            twin.onBoth((ops, side) -> ops.matmul(side.of(weights), null, side.of(x), rows, side.of(out)));
            twin.assertAgree(rows + " rows", out, inputs);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 9})
    void matmulKeepsANanOrAnInfinityInItsRow(int rows) {
        Twin.Weights weights = twin.pack(matrix("w", DType.BFLOAT16, 70, 40, random(random, 70 * 40, 1)));
        float[] values = random(random, rows * 40, 1);
        values[39] = Float.NaN;
        values[rows * 40 - 1] = Float.POSITIVE_INFINITY;
        Twin.Buffer x = twin.rows(values);
        Twin.Buffer out = twin.unwritten(rows * 70);

        twin.onBoth((ops, side) -> ops.matmul(side.of(weights), null, side.of(x), rows, side.of(out)));

        twin.assertAgree("rows beside a NaN", out, 40);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 40, 64, 96, 129, 896})
    void normalisesRowsInPlaceOrNot(int fewestColumns) {
        int columns = columns(fewestColumns);
        Twin.Buffer weight = twin.vector(random(random, columns, 1));
        for (int rows : new int[]{1, 7, 33, 129}) {
            Twin.Buffer x = twin.rows(random(random, rows * columns, 3));
            Twin.Buffer out = twin.unwritten(rows * columns);
            Twin.Buffer sum = twin.rows(random(random, rows * columns, 3));
            twin.onBoth((ops, side) -> {
                ops.rmsNorm(side.of(x), side.of(weight), 1e-6f, rows, columns, side.of(out));
                ops.addGated(side.of(x), null, rows, columns, side.of(sum));
                ops.rmsNorm(side.of(x), side.of(weight), 1e-6f, rows, columns, side.of(x));
            });
            twin.assertAgree(rows + " rows", out, columns);
            twin.assertAgree(rows + " rows after adding", sum, 1);
            twin.assertAgree(rows + " rows in place", x, columns);
        }
    }

    @ParameterizedTest
    @CsvSource({"64, 40, 31, 0", "64, 48, 100, 50", "896, 136, 130, 3", "4864, 896, 896, 9"})
    void normalisesMultipliesAndAddsInOnePart(int fewestInputs, int fewestOutputs, int fewestInner, int seed) {
        int inputs = columns(fewestInputs);
        int outputs = columns(fewestOutputs);
        int inner = columns(fewestInner);
        Twin.Weights weights = twin
                .pack(matrix("w", DType.BFLOAT16, outputs, inputs, random(random, outputs * inputs, 1)));
        Twin.Weights gates = twin
                .pack(matrix("g", DType.BFLOAT16, 2 * inner, inputs, random(random, 2 * inner * inputs, 0.1f)));
        Twin.Buffer bias = seed % 2 == 0 ? null : twin.vector(random(random, outputs, 1));
        assertPartsAgree(weights, gates, bias, twin.vector(random(random, inputs, 1)), inputs, outputs, inner);
    }

    /** Codes mean large numbers, so that rows are small. */
    @ParameterizedTest
    @EnumSource
    void normalisesMultipliesAndAddsCodesInOnePart(TestWeights.Kind kind) {
        for (int inputs : new int[]{256, 416}) {
            int groupSize = inputs == 256 ? 64 : 32;
            Twin.Weights weights = twin.pack(List.of(TestWeights.of(kind, random, 72, inputs, groupSize)));
            Twin.Weights gates = twin.pack(List.of(TestWeights.of(kind, random, 2 * 48, inputs, groupSize)));
            Twin.Buffer bias = twin.vector(random(random, 72, 1));
            assertPartsAgree(weights, gates, bias, twin.vector(random(random, inputs, 0.01f)), inputs, 72, 48);
        }
    }

    private void assertPartsAgree(Twin.Weights weights, Twin.Weights gates, Twin.@Nullable Buffer bias,
            Twin.Buffer norm, int inputs, int outputs, int inner) {
        for (int rows : new int[]{1, 2, 3, 4, 5, 7, 8, 9, 33}) {
            Twin.Buffer x = twin.rows(random(random, rows * inputs, 3));
            Twin.Buffer normalised = twin.unwritten(rows * inputs);
            Twin.Buffer product = twin.unwritten(rows * Math.max(outputs, 2 * inner));
            Twin.Buffer out = twin.unwritten(rows * outputs);
            Twin.Buffer logits = twin.logits(rows * outputs);
            Twin.Buffer sum = twin.rows(random(random, rows * outputs, 3));
            Twin.Buffer gated = twin.unwritten(rows * inner);
            twin.onBoth((ops, side) -> {
                Linear w = new Linear(side.of(weights), bias == null ? null : side.of(bias));
                Linear unbiased = new Linear(side.of(weights), null);
                ops.normMatmul(side.of(x), side.of(norm), 1e-6f, w, rows, side.of(normalised), side.of(out));
                ops.normMatmul(side.of(x), side.of(norm), 1e-6f, unbiased, rows, side.of(normalised), side.of(logits));
                ops.matmulAdd(w, side.of(x), rows, side.of(product), side.of(sum));
                ops.normMatmulGated(side.of(x), side.of(norm), 1e-6f, new Linear(side.of(gates), null), Activation.SILU,
                        rows, inner, side.of(normalised), side.of(product), side.of(gated));
            });
            twin.assertAgree(rows + " rows, normalised and multiplied", out, inputs);
            twin.assertAgree(rows + " rows of logits", logits, inputs);
            twin.assertAgree(rows + " rows of sums", sum, inputs);
            twin.assertAgree(rows + " rows gated", gated, inputs);
        }
    }

    @ParameterizedTest
    @EnumSource
    void gatesWithEveryActivation(Activation activation) {
        for (int fewest : new int[]{1, 7, 8, 31, 160, 4864}) {
            int inner = columns(fewest);
            int rows = 3;
            float[] values = random(random, rows * 2 * inner, 4);
            values[0] = -100;
            values[inner - 1] = 100;
            Twin.Buffer gateUp = twin.rows(values);
            Twin.Buffer out = twin.unwritten(rows * inner);

            twin.onBoth((ops, side) -> ops.gatedActivation(side.of(gateUp), activation, rows, inner, side.of(out)));

            twin.assertAgree(activation + " of " + inner, out, 1);
        }
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void embedsTokensAndGathersRows(DType dtype) {
        int columns = columns(100);
        Twin.Weights table = twin.pack(matrix("table", dtype, 45, columns, random(random, 45 * columns, 1)));
        Twin.Buffer rows = twin.unwritten(5 * columns);
        Twin.Buffer last = twin.unwritten(2 * columns);

        twin.begin(TestStep.of(random, 2, 2, 4).compute(0, 0, 44, 0, 31).compute(1, 2, 16, 7).next());
        twin.onBoth((ops, side) -> {
            ops.embed(side.of(table), 3, side.of(rows));
            ops.gatherLogitRows(side.of(rows), columns, side.of(last));
        });

        twin.assertAgree("embeddings", rows, 1);
        twin.assertAgree("last rows", last, 1);
        float[] all = twin.readCandidate(rows);
        assertThat(twin.readCandidate(last)).startsWith(all[2 * columns]).endsWith(all[5 * columns - 1]);
    }

    @ParameterizedTest
    @EnumSource
    void embedsFromAQuantizedTable(TestWeights.Kind kind) {
        int columns = columns(100);
        Twin.Weights table = twin.pack(List.of(TestWeights.of(kind, random, 45, columns, 16)));
        Twin.Buffer rows = twin.unwritten(3 * columns);

        twin.begin(TestStep.of(random, 1, 2, 4).compute(0, 0, 44, 0, 31).next());
        twin.onBoth((ops, side) -> ops.embed(side.of(table), 3, side.of(rows)));

        twin.assertAgree("embeddings", rows, 1);
    }

    static Stream<Arguments> attentions() {
        Stream<Arguments> everyHeadInEveryGroup = IntStream.of(40, 64, 80, 96, 128, 256).boxed()
                .flatMap(headDim -> IntStream.of(1, 3, 4, 7, 8)
                        .mapToObj(group -> Arguments.of(headDim, group == 1 ? 2 : 1, group, 16, 0, 0f)));
        return Stream.concat(everyHeadInEveryGroup, Stream.of(
                // headDim, kv heads, group, block tokens, window, soft cap
                Arguments.of(64, 2, 7, 16, 0, 0f), Arguments.of(128, 1, 8, 32, 0, 0f),
                Arguments.of(256, 1, 4, 16, 0, 50f), Arguments.of(64, 1, 3, 16, 48, 0f),
                Arguments.of(16, 1, 4, 8, 33, 30f), Arguments.of(16, 3, 1, 4, 0, 0f),
                Arguments.of(10, 2, 2, 1, 5, 0f), Arguments.of(24, 1, 40, 256, 100, 0f)));
    }

    @ParameterizedTest
    @MethodSource("attentions")
    void attendsOverScatteredBlocksInMixedBatches(int smallestHead, int kvHeads, int group, int smallestBlock,
            int window, float softCap) {
        int headDim = columns(smallestHead);
        int blockTokens = Math.ceilDiv(smallestBlock, blockMultiple()) * blockMultiple();
        AttentionSpec spec = new AttentionSpec(kvHeads * group, kvHeads, headDim, (float) (1 / Math.sqrt(headDim)),
                window,
                softCap);
        int blocksEach = Math.ceilDiv(300, blockTokens);
        int sequences = 5;
        Twin.Cache cache = twin.cache(new KvCache.Shape(2, sequences * blocksEach, blockTokens, kvHeads, headDim));
        Twin.Rope rope = twin.rope(angles(300, headDim), 300, headDim);
        TestStep steps = TestStep.of(random, sequences, blocksEach, blockTokens);

        // Prompts, then chunks of prompts beside single tokens, then single tokens.
        attend(spec, cache, rope, steps.compute(0, 0, new int[1]).compute(1, 0, new int[7]).compute(2, 0, new int[127])
                .next());
        attend(spec, cache, rope,
                steps.compute(0, 1, new int[1]).compute(3, 0, new int[31]).compute(2, 127, new int[129])
                        .compute(1, 7, new int[1]).next());
        attend(spec, cache, rope, steps.compute(3, 31, new int[33]).compute(4, 0, new int[1]).next());
        attend(spec, cache, rope, steps.compute(2, 256, new int[1]).compute(3, 64, new int[1]).compute(1, 8, new int[1])
                .compute(0, 2, new int[1]).compute(4, 1, new int[1]).next());
    }

    private void attend(AttentionSpec spec, Twin.Cache cache, Twin.Rope rope, StepInputs inputs) {
        Twin.Buffer out = twin.unwritten(inputs.tokens * spec.queryWidth());
        for (int layer = 0; layer < cache.oracle().shape().layers(); layer++) {
            Twin.Buffer qkv = twin.rows(random(random, inputs.tokens * spec.qkvWidth(), 1));
            int current = layer;
            twin.begin(inputs);
            twin.onBoth((ops, side) -> {
                ops.ropeAndCache(side.of(qkv), spec, side.of(rope), null, null, 0, side.of(cache), current);
                ops.pagedAttention(side.of(qkv), spec, side.of(cache), current, side.of(out));
            });
            twin.assertAgreeInColumns("rotated queries", qkv, spec.qkvWidth(), spec.queryWidth(), 1);
            twin.assertAgree(inputs.tokens + " queries of layer " + layer, out, spec.headDim());
        }
    }

    @ParameterizedTest
    @CsvSource({"64, 2, 7, 64, 3", "128, 1, 4, 128, 1", "80, 2, 1, 80, 8", "40, 2, 3, 40, 2", "64, 1, 2, 32, 4",
        "96, 1, 8, 96, 9"})
    void projectsRowsStraightIntoTheCache(int headDim, int kvHeads, int group, int rotaryDim, int sequences) {
        AttentionSpec spec = new AttentionSpec(kvHeads * group, kvHeads, headDim, (float) (1 / Math.sqrt(headDim)), 0,
                0);
        int hidden = 136;
        Twin.Weights qkv = twin.pack(matrix("qkv", DType.BFLOAT16, spec.qkvWidth(), hidden,
                random(random, spec.qkvWidth() * hidden, 0.2f)));
        assertProjects(spec, rotaryDim, sequences, qkv, hidden, twin.vector(random(random, hidden, 1)));
    }

    @ParameterizedTest
    @EnumSource
    void projectsRowsStraightIntoTheCacheByCodes(TestWeights.Kind kind) {
        AttentionSpec spec = new AttentionSpec(6, 2, 64, 0.125f, 0, 0);
        int hidden = 160;
        Twin.Weights qkv = twin.pack(List.of(TestWeights.of(kind, random, spec.qkvWidth(), hidden, 32)));
        for (int sequences : new int[]{1, 3, 9}) {
            assertProjects(spec, 64, sequences, qkv, hidden, twin.vector(random(random, hidden, 0.002f)));
        }
    }

    private void assertProjects(AttentionSpec spec, int rotaryDim, int sequences, Twin.Weights qkv, int hidden,
            Twin.Buffer norm) {
        int headDim = spec.headDim();
        Twin.Cache cache = twin.cache(new KvCache.Shape(2, sequences * 4, 16, spec.kvHeads(), headDim));
        Twin.Rope rope = twin.rope(angles(64, rotaryDim), 64, rotaryDim);
        Twin.Buffer bias = twin.vector(random(random, spec.qkvWidth(), 1));
        TestStep steps = TestStep.of(random, sequences, 4, 16);
        for (int position = 0; position < 20; position++) {
            for (int s = 0; s < sequences; s++) {
                steps.compute(s, position, 7);
            }
            StepInputs inputs = steps.next();
            Twin.Buffer x = twin.rows(random(random, sequences * hidden, 2));
            Twin.Buffer normalised = twin.unwritten(sequences * hidden);
            Twin.Buffer queries = twin.unwritten(sequences * spec.qkvWidth());
            Twin.Buffer out = twin.unwritten(sequences * spec.queryWidth());
            twin.begin(inputs);
            twin.onBoth((ops, side) -> {
                ops.normMatmulToCache(side.of(x), side.of(norm), 1e-6f, new Linear(side.of(qkv), side.of(bias)),
                        sequences, side.of(normalised), side.of(queries),
                        new HeadsInCache(spec, side.of(rope), null, null, 0, side.of(cache), 1));
                ops.pagedAttention(side.of(queries), spec, side.of(cache), 1, side.of(out));
            });
            twin.assertAgreeInColumns("queries at " + position, queries, spec.qkvWidth(), spec.queryWidth(), hidden);
            twin.assertAgree("attention at " + position, out, headDim + hidden);
        }
    }

    @Test
    void rotatesTheLeadingPartOfAHeadAfterNormalisingIt() {
        AttentionSpec spec = new AttentionSpec(6, 2, 40, 0.2f, 0, 0);
        Twin.Cache cache = twin.cache(new KvCache.Shape(1, 12, 16, 2, 40));
        Twin.Rope rope = twin.rope(angles(100, 20), 100, 20);
        Twin.Buffer qNorm = twin.vector(random(random, 40, 1));
        Twin.Buffer kNorm = twin.vector(random(random, 40, 1));
        StepInputs inputs = TestStep.of(random, 2, 6, 16).compute(0, 0, new int[33]).compute(1, 0, new int[90]).next();

        for (boolean queriesToo : new boolean[]{true, false}) {
            Twin.Buffer qkv = twin.rows(random(random, 123 * spec.qkvWidth(), 1));
            Twin.Buffer out = twin.unwritten(123 * spec.queryWidth());
            twin.begin(inputs);
            twin.onBoth((ops, side) -> {
                ops.ropeAndCache(side.of(qkv), spec, side.of(rope), queriesToo ? side.of(qNorm) : null, side.of(kNorm),
                        1e-6f,
                        side.of(cache), 0);
                ops.pagedAttention(side.of(qkv), spec, side.of(cache), 0, side.of(out));
            });
            twin.assertAgreeInColumns("normalised and rotated queries", qkv, spec.qkvWidth(), spec.queryWidth(), 40);
            twin.assertAgree("attention", out, 40);
        }
    }

    @Test
    void readsAnyRange() {
        float[] values = random(random, 100, 1);
        Twin.Buffer buffer = twin.rows(values);
        twin.onBoth((ops, side) -> {
            float[] target = new float[12];
            ops.read(side.of(buffer), 33, target, 10);
            assertThat(target[0]).isCloseTo(values[33], within(0.02f));
            assertThat(target[9]).isCloseTo(values[42], within(0.02f));
            assertThat(target).endsWith(0, 0);
        });
    }

    /** Cosines and sines as {@link TensorOps#uploadRope} takes them. */
    static float[] angles(int positions, int rotaryDim) {
        float[] table = new float[positions * rotaryDim];
        int half = rotaryDim / 2;
        for (int position = 0; position < positions; position++) {
            for (int i = 0; i < half; i++) {
                double angle = position * Math.pow(10_000, -2.0 * i / rotaryDim);
                table[position * rotaryDim + i] = (float) Math.cos(angle);
                table[position * rotaryDim + half + i] = (float) Math.sin(angle);
            }
        }
        return table;
    }
}
