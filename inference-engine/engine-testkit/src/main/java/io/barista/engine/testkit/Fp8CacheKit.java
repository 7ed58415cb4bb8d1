package io.barista.engine.testkit;

import static io.barista.engine.testkit.TestTensors.random;
import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.StepInputs;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Attention over keys and values in e4m3 against an oracle that keeps them as they are: equal where keys and values are numbers that e4m3
 * has, and keys are not rotated.
 */
public abstract class Fp8CacheKit extends ParityKit {

    private static final int CONTEXT = 300;

    /** @param comparison of a candidate with a cache in e4m3 */
    protected Fp8CacheKit(Comparison comparison) {
        super(comparison, 44);
    }

    static Stream<Arguments> attentions() {
        return Stream.of(
                // headDim, kv heads, group, window, soft cap
                Arguments.of(64, 2, 7, 0, 0f), Arguments.of(128, 1, 8, 0, 0f), Arguments.of(80, 2, 1, 0, 0f),
                Arguments.of(256, 1, 4, 0, 50f), Arguments.of(16, 1, 4, 33, 0f), Arguments.of(24, 2, 3, 0, 0f));
    }

    @ParameterizedTest
    @MethodSource("attentions")
    void numbersThatE4m3HasAreKept(int headDim, int kvHeads, int group, int window, float softCap) {
        AttentionSpec spec = new AttentionSpec(kvHeads * group, kvHeads, headDim, (float) (1 / Math.sqrt(headDim)),
                window, softCap);
        int blocksEach = Math.ceilDiv(CONTEXT, 16);
        Twin.Cache cache = twin.cache(new KvCache.Shape(2, 3 * blocksEach, 16, kvHeads, headDim));
        Twin.Rope rope = twin.rope(noRotation(headDim), CONTEXT, headDim);
        TestStep steps = TestStep.of(random, 3, blocksEach, 16);

        attend(spec, cache, rope,
                steps.compute(0, 0, new int[1]).compute(1, 0, new int[33]).compute(2, 0, new int[200]).next());
        attend(spec, cache, rope,
                steps.compute(1, 33, new int[1]).compute(2, 200, new int[70]).compute(0, 1, new int[1]).next());
        attend(spec, cache, rope, steps.compute(2, 270, new int[1]).compute(1, 34, new int[1]).next());
    }

    private void attend(AttentionSpec spec, Twin.Cache cache, Twin.Rope rope, StepInputs inputs) {
        Twin.Buffer out = twin.unwritten(inputs.tokens * spec.queryWidth());
        for (int layer = 0; layer < 2; layer++) {
            Twin.Buffer qkv = twin.rows(rowsInE4m3(inputs.tokens * spec.qkvWidth()));
            int current = layer;
            twin.begin(inputs);
            twin.onBoth((ops, side) -> {
                ops.ropeAndCache(side.of(qkv), spec, side.of(rope), null, null, 0, side.of(cache), current);
                ops.pagedAttention(side.of(qkv), spec, side.of(cache), current, side.of(out));
            });
            twin.assertAgree(inputs.tokens + " queries of layer " + layer, out, spec.headDim());
        }
    }

    @Test
    void aBlockTakesHalfTheRoomOrLess() {
        twin.onBoth((ops, _) -> assertThat(ops.kvBlockBytes(new KvCache.Shape(2, 1, 16, 2, 64)))
                .isEqualTo(2 * 2 * 16 * 2 * 64L * ops.kvCacheType().bytes()));
        assertThat(twin.candidateCacheType()).isEqualTo(DType.FLOAT8_E4M3);
    }

    /** Three bits of mantissa, exponents -3 to 0. */
    private float[] rowsInE4m3(int count) {
        float[] values = random(random, count, 1);
        for (int i = 0; i < count; i++) {
            float magnitude = (8 + random.nextInt(8)) / 8f / (1 << random.nextInt(4));
            values[i] = values[i] < 0 ? -magnitude : magnitude;
        }
        return values;
    }

    private static float[] noRotation(int rotaryDim) {
        float[] table = new float[CONTEXT * rotaryDim];
        for (int position = 0; position < CONTEXT; position++) {
            for (int i = 0; i < rotaryDim / 2; i++) {
                table[position * rotaryDim + i] = 1;
            }
        }
        return table;
    }
}
