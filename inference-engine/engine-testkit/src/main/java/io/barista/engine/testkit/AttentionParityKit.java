package io.barista.engine.testkit;

import static io.barista.engine.testkit.TestTensors.matrix;
import static io.barista.engine.testkit.TestTensors.random;

import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.StepInputs;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Attention over keys and values by head, in prompts, chunks and single tokens, and what leads to its cache. */
public abstract class AttentionParityKit extends ParityKit {

    protected AttentionParityKit(Comparison comparison) {
        super(comparison, 42);
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
        int blockTokens = blockTokens(smallestBlock);
        AttentionSpec spec = new AttentionSpec(kvHeads * group, kvHeads, headDim, (float) (1 / Math.sqrt(headDim)),
                window,
                softCap);
        int blocksEach = Math.ceilDiv(300, blockTokens);
        int sequences = 5;
        Twin.Cache cache = twin.cache(new KvCache.Shape(2, sequences * blocksEach, blockTokens, kvHeads, headDim));
        Twin.Rope rope = twin.rope(TestTensors.angles(300, headDim), 300, headDim);
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
        new FusedParts(twin, random).assertProjects(spec, rotaryDim, sequences, qkv, hidden,
                twin.vector(random(random, hidden, 1)));
    }

    @Test
    void rotatesTheLeadingPartOfAHeadAfterNormalisingIt() {
        AttentionSpec spec = new AttentionSpec(6, 2, 40, 0.2f, 0, 0);
        Twin.Cache cache = twin.cache(new KvCache.Shape(1, 12, 16, 2, 40));
        Twin.Rope rope = twin.rope(TestTensors.angles(100, 20), 100, 20);
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
}
