package io.barista.engine.testkit;

import static io.barista.engine.testkit.TestTensors.random;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.HeadsInCache;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.Linear;
import io.barista.engine.backend.StepInputs;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Parts of a layer that a backend may do in fewer launches than operations, for weights of any kind. */
final class FusedParts {

    private final Twin twin;
    private final Random random;

    FusedParts(Twin twin, Random random) {
        this.twin = twin;
        this.random = random;
    }

    /** A norm, a product and a sum; a norm and logits; a norm and a gated product. */
    void assertAgree(Twin.Weights weights, Twin.Weights gates, Twin.@Nullable Buffer bias, Twin.Buffer norm,
            int inputs, int outputs, int inner) {
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

    /** A norm and a product whose keys and values go to the cache, then attention over them, for twenty positions. */
    void assertProjects(AttentionSpec spec, int rotaryDim, int sequences, Twin.Weights qkv, int hidden,
            Twin.Buffer norm) {
        int headDim = spec.headDim();
        Twin.Cache cache = twin.cache(new KvCache.Shape(2, sequences * 4, 16, spec.kvHeads(), headDim));
        Twin.Rope rope = twin.rope(TestTensors.angles(64, rotaryDim), 64, rotaryDim);
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
}
