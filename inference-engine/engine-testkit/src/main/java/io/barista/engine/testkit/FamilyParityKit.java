package io.barista.engine.testkit;

import static io.barista.engine.testkit.TestTensors.matrix;
import static io.barista.engine.testkit.TestTensors.random;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.ExpertMatrices;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.LatentAttentionSpec;
import io.barista.engine.backend.LatentAttentionSpec.Pairs;
import io.barista.engine.backend.LatentMatrix;
import io.barista.engine.backend.LatentWorkspace;
import io.barista.engine.backend.MixtureSpec;
import io.barista.engine.backend.MixtureWorkspace;
import io.barista.engine.backend.RouterSpec;
import io.barista.engine.backend.RouterSpec.GroupScore;
import io.barista.engine.backend.RouterSpec.Scoring;
import io.barista.engine.backend.StepInputs;
import io.barista.engine.backend.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** As {@link BackendParityKit}, for what only some families need: mixtures of experts, latent attention, soft caps. */
public abstract class FamilyParityKit extends ParityKit {

    protected FamilyParityKit(Comparison comparison) {
        super(comparison, 43);
    }

    static Stream<Arguments> mixtures() {
        List<RouterSpec> routers = List.of(
                RouterSpec.ungrouped(4, 2, Scoring.SOFTMAX, true, 1),
                RouterSpec.ungrouped(8, 3, Scoring.SOFTMAX, false, 1),
                RouterSpec.ungrouped(60, 4, Scoring.SIGMOID, true, 2.5f),
                new RouterSpec(8, 3, Scoring.SOFTMAX, 4, 2, GroupScore.BEST, false, 16),
                new RouterSpec(32, 8, Scoring.SIGMOID, 8, 4, GroupScore.SUM_OF_BEST_TWO, true, 2.5f));
        return routers.stream().flatMap(router -> Stream.of(DType.FLOAT32, DType.BFLOAT16)
                .flatMap(dtype -> Stream.of(true, false)
                        .map(corrected -> Arguments.of(router, dtype, corrected))));
    }

    @ParameterizedTest
    @MethodSource("mixtures")
    void mixesTheExpertsThatTheRouterChose(RouterSpec router, DType dtype, boolean corrected) {
        MixtureSpec mixture = new MixtureSpec(72, 40, Activation.SILU, router);
        Twin.Weights routing = twin.pack(picksTheFirstColumns(router.experts(), mixture.hidden()));
        Twin.Buffer correction = twin.vector(random(random, router.experts(), 0.2f));
        Twin.Pair<ExpertMatrices> gateUp = experts(router.experts(), dtype, mixture.hidden(), mixture.inner(),
                mixture.inner());
        Twin.Pair<ExpertMatrices> down = experts(router.experts(), dtype, mixture.inner(), mixture.hidden());
        Twin.Pair<MixtureWorkspace> workspace = twin.make(ops -> ops.allocateMixture(mixture, 129));

        for (int rows : new int[]{1, 2, 7, 33, 129}) {
            Twin.Buffer x = twin.rows(random(random, rows * mixture.hidden(), 1));
            Twin.Buffer logits = twin.logits(rows * router.experts());
            Twin.Buffer out = twin.unwritten(rows * mixture.hidden());
            twin.onBoth((ops, side) -> {
                ops.matmul(side.of(routing), null, side.of(x), rows, side.of(logits));
                ops.route(side.of(logits), corrected ? side.of(correction) : null, rows, side.of(workspace));
                ops.experts(side.of(gateUp), side.of(down), side.of(x), rows, side.of(workspace), side.of(out));
            });
            twin.assertAgree(rows + " rows", out, mixture.hidden() + mixture.inner());
        }
    }

    static Stream<Arguments> quantizedMixtures() {
        return Stream.of(TestWeights.Kind.values()).flatMap(kind -> Stream.of(Arguments.of(kind, 72, 40, 8),
                Arguments.of(kind, 96, 160, 32), Arguments.of(kind, 128, 64, 64)));
    }

    @ParameterizedTest
    @MethodSource("quantizedMixtures")
    void mixesQuantizedExperts(TestWeights.Kind kind, int hidden, int inner, int groupSize) {
        RouterSpec router = RouterSpec.ungrouped(6, 2, Scoring.SOFTMAX, true, 1);
        MixtureSpec mixture = new MixtureSpec(hidden, inner, Activation.SILU, router);
        Twin.Weights routing = twin.pack(picksTheFirstColumns(router.experts(), hidden));
        Twin.Pair<ExpertMatrices> gateUp = quantizedExperts(kind, router.experts(), hidden, groupSize, inner, inner);
        Twin.Pair<ExpertMatrices> down = quantizedExperts(kind, router.experts(), inner, groupSize, hidden);
        Twin.Pair<MixtureWorkspace> workspace = twin.make(ops -> ops.allocateMixture(mixture, 200));
        float size = switch (kind) { // sums of products of codes of a byte would be too large for float16
            case INT4, INT4_REORDERED -> 0.01f;
            case FP8, INT8 -> 0.001f;
        };

        for (int rows : new int[]{1, 3, 70, 200}) {
            Twin.Buffer x = twin.rows(random(random, rows * hidden, size));
            Twin.Buffer logits = twin.logits(rows * router.experts());
            Twin.Buffer out = twin.unwritten(rows * hidden);
            twin.onBoth((ops, side) -> {
                ops.matmul(side.of(routing), null, side.of(x), rows, side.of(logits));
                ops.route(side.of(logits), null, rows, side.of(workspace));
                ops.experts(side.of(gateUp), side.of(down), side.of(x), rows, side.of(workspace), side.of(out));
            });
            twin.assertAgree(rows + " rows", out, hidden + inner);
        }
    }

    private Twin.Pair<ExpertMatrices> quantizedExperts(TestWeights.Kind kind, int count, int inputs, int groupSize,
            int... outputs) {
        List<List<Weight>> experts = IntStream.range(0, count).mapToObj(_ -> IntStream.of(outputs)
                .mapToObj(rows -> TestWeights.of(kind, random, rows, inputs, groupSize)).toList()).toList();
        return twin.make(ops -> ops.packExperts("experts", experts));
    }

    /** So that logits are the same bits on every backend, and no near tie is decided by rounding. */
    private static HostTensor picksTheFirstColumns(int experts, int columns) {
        float[] values = new float[experts * columns];
        for (int expert = 0; expert < experts; expert++) {
            values[expert * columns + expert] = 1;
        }
        return matrix("router", DType.FLOAT32, experts, columns, values);
    }

    /** @param outputs of each part */
    private Twin.Pair<ExpertMatrices> experts(int count, DType dtype, int inputs, int... outputs) {
        List<List<Weight>> experts = new ArrayList<>();
        for (int expert = 0; expert < count; expert++) {
            experts.add(IntStream.of(outputs).<Weight>mapToObj(rows -> new Weight.Dense(matrix("expert", dtype, rows,
                    inputs, random(random, rows * inputs, (float) (1 / Math.sqrt(inputs)))))).toList());
        }
        return twin.make(ops -> ops.packExperts("experts", experts));
    }

    static Stream<LatentAttentionSpec> latents() {
        return Stream.of(new LatentAttentionSpec(4, 32, 16, 8, 12, 0.2f, Pairs.NEIGHBOURS),
                new LatentAttentionSpec(3, 40, 24, 16, 20, 0.15f, Pairs.HALVES),
                new LatentAttentionSpec(20, 128, 48, 32, 64, 0.1f, Pairs.HALVES),
                new LatentAttentionSpec(16, 512, 128, 64, 128, 0.07f, Pairs.NEIGHBOURS));
    }

    @ParameterizedTest
    @MethodSource("latents")
    void attendsOverLatentsInMixedBatches(LatentAttentionSpec spec) {
        int blocksEach = 10;
        Twin.Cache cache = twin.cache(new KvCache.Shape(2, 3 * blocksEach, 16, 1, spec.rowWidth(), true));
        Twin.Rope rope = twin.rope(TestTensors.angles(160, spec.ropeDim()), 160, spec.ropeDim());
        HostTensor weight = matrix("kv_b", DType.BFLOAT16, spec.expandedWidth(), spec.rank(),
                random(random, spec.expandedWidth() * spec.rank(), (float) (1 / Math.sqrt(spec.rank()))));
        Twin.Pair<LatentMatrix> expand = twin.make(ops -> ops.packLatent(weight, spec));
        Twin.Pair<LatentWorkspace> workspace = twin.make(ops -> ops.allocateLatent(spec, 160));
        TestStep steps = TestStep.of(random, 3, blocksEach, 16);

        attend(spec, cache, rope, expand, workspace,
                steps.compute(0, 0, new int[1]).compute(1, 0, new int[33]).compute(2, 0, new int[70]).next());
        attend(spec, cache, rope, expand, workspace,
                steps.compute(2, 70, new int[80]).compute(0, 1, new int[1]).compute(1, 33, new int[1]).next());
        attend(spec, cache, rope, expand, workspace, steps.compute(1, 34, new int[1]).next());
    }

    private void attend(LatentAttentionSpec spec, Twin.Cache cache, Twin.Rope rope, Twin.Pair<LatentMatrix> expand,
            Twin.Pair<LatentWorkspace> workspace, StepInputs inputs) {
        Twin.Buffer norm = twin.vector(random(random, spec.rank(), 1));
        Twin.Buffer out = twin.unwritten(inputs.tokens * spec.outputWidth());
        for (int layer = 0; layer < 2; layer++) {
            Twin.Buffer queries = twin.rows(random(random, inputs.tokens * spec.queryWidth(), 1));
            Twin.Buffer rows = twin.rows(random(random, inputs.tokens * spec.rowWidth(), 1));
            int current = layer;
            twin.begin(inputs);
            twin.onBoth((ops, side) -> {
                ops.latentRopeAndCache(side.of(queries), side.of(rows), spec, side.of(rope), side.of(norm), 1e-6f,
                        side.of(cache), current);
                ops.latentAttention(side.of(queries), spec, side.of(expand), side.of(cache), current,
                        side.of(workspace), side.of(out));
            });
            twin.assertAgree("rotated queries", queries, 1);
            twin.assertAgree("normalised and rotated rows", rows, spec.rank());
            twin.assertAgree(inputs.tokens + " queries of layer " + layer, out, spec.rank() + spec.rowWidth());
        }
    }

    @Test
    void addsWithAGateForEachRowOrWithout() {
        for (int fewest : new int[]{1, 40, 129}) {
            int columns = columns(fewest);
            Twin.Buffer x = twin.rows(random(random, 7 * columns, 1));
            Twin.Buffer gate = twin.rows(-100, -3, -0.1f, 0, 0.4f, 5, 100);
            Twin.Buffer gated = twin.rows(random(random, 7 * columns, 1));
            Twin.Buffer plain = twin.rows(random(random, 7 * columns, 1));
            twin.onBoth((ops, side) -> {
                ops.addGated(side.of(x), side.of(gate), 7, columns, side.of(gated));
                ops.addGated(side.of(x), null, 7, columns, side.of(plain));
            });
            twin.assertAgree("gated", gated, 1);
            twin.assertAgree("plain", plain, 1);
        }
    }

    @Test
    void capsLogitsSoftly() {
        int columns = 70;
        int inputs = columns(1);
        Twin.Weights weights = twin.pack(matrix("w", DType.FLOAT32, columns, inputs, random(random, columns * inputs,
                20)));
        Twin.Buffer x = twin.rows(random(random, 3 * inputs, 10));
        Twin.Buffer logits = twin.logits(3 * columns);
        twin.onBoth((ops, side) -> {
            ops.matmul(side.of(weights), null, side.of(x), 3, side.of(logits));
            ops.softCap(side.of(logits), 3, columns, 30);
        });
        twin.assertAgree("capped", logits, 1);
    }
}
