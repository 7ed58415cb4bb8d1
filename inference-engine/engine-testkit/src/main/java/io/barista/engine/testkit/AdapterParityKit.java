package io.barista.engine.testkit;

import static io.barista.engine.testkit.TestTensors.matrix;
import static io.barista.engine.testkit.TestTensors.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.AdapterMatrix;
import io.barista.engine.backend.AdapterShape;
import io.barista.engine.backend.AdapterUpdate;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.Linear;
import io.barista.engine.backend.LowRank;
import io.barista.engine.backend.StepInputs;
import io.barista.engine.backend.TensorOps;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** As {@link BackendParityKit}, for what LoRA adapters add to products. */
public abstract class AdapterParityKit extends ParityKit {

    private static final int SLOTS = 5;

    protected AdapterParityKit(Comparison comparison) {
        super(comparison, 44);
    }

    static Stream<Arguments> shapes() {
        return Stream.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16).flatMap(dtype -> Stream.of(
                Arguments.of(dtype, 1, List.of(1)), Arguments.of(dtype, 40, List.of(33)),
                Arguments.of(dtype, 96, List.of(96, 48, 48)), Arguments.of(dtype, 129, List.of(100, 7, 64, 1)),
                Arguments.of(dtype, 768, List.of(256)), Arguments.of(dtype, 256, List.of(768, 768))));
    }

    /** More of everything than a block takes at a time: rows, inputs, outputs and ranks. */
    @Test
    void addsLargeAdaptersToWideMatrices() {
        AdapterShape shape = shape(2_100, List.of(40, 2_200), 64);
        Twin.Pair<AdapterMatrix> adapters = twin.make(ops -> ops.allocateAdapters(shape));
        write(0, adapters, allParts(shape, DType.BFLOAT16, 64));
        write(1, adapters, List.of(part(shape, 0, DType.BFLOAT16, 5), part(shape, 1, DType.BFLOAT16, 33)));
        write(3, adapters, List.of(part(shape, 1, DType.BFLOAT16, 17)));
        for (int rows : new int[]{9, 256, 257}) {
            assertAgree(shape, adapters, IntStream.range(0, rows).map(row -> row * (SLOTS + 1) / rows - 1).toArray());
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void addsEachRowsOwnAdapterAtItsOwnRank(DType dtype, int fewestInputs, List<Integer> fewestOutputs) {
        AdapterShape shape = shape(fewestInputs, fewestOutputs, 16);
        Twin.Pair<AdapterMatrix> adapters = twin.make(ops -> ops.allocateAdapters(shape));
        int[] ranks = {8, 1, 16, 3}; // and slot 4 is empty
        for (int slot = 0; slot < ranks.length; slot++) {
            write(slot, adapters, allParts(shape, dtype, ranks[slot]));
        }
        for (int rows : new int[]{1, 2, 3, 7, 16, 33, 129, 300}) {
            assertAgree(shape, adapters, IntStream.range(0, rows).map(_ -> random.nextInt(SLOTS + 1) - 1).toArray());
            assertAgree(shape, adapters, IntStream.range(0, rows).map(row -> row * SLOTS / rows).toArray());
        }
    }

    @Test
    void leavesRowsWithoutAnAdapterAndPartsThatItDoesNotTouchAsTheyWere() {
        AdapterShape shape = shape(64, List.of(32, 16, 48), 8);
        Twin.Pair<AdapterMatrix> adapters = twin.make(ops -> ops.allocateAdapters(shape));
        write(2, adapters, List.of(part(shape, 1, DType.FLOAT32, 8)));
        Twin.Buffer x = twin.rows(random(random, 3 * shape.inputs(), 1));
        Twin.Buffer out = twin.rows(random(random, 3 * shape.width(), 1));
        float[] before = twin.readCandidate(out);

        twin.begin(step(-1, 2, 4));
        twin.onBoth((ops, side) -> ops.addAdapters(side.of(adapters), side.of(x), side.of(out)));

        float[] after = twin.readCandidate(out);
        for (int i = 0; i < before.length; i++) {
            int column = i % shape.width();
            boolean touched = i / shape.width() == 1 && column >= shape.firstColumn(1)
                    && column < shape.firstColumn(2);
            assertThat(after[i] != before[i]).as("row %d, column %d", i / shape.width(), column).isEqualTo(touched);
        }
    }

    @Test
    void goesByTheRowsWhoseLogitsAreWantedOnceTheStepContinuesWithThem() {
        AdapterShape shape = shape(96, List.of(40, 24), 16);
        Twin.Pair<AdapterMatrix> adapters = twin.make(ops -> ops.allocateAdapters(shape));
        for (int slot = 0; slot < SLOTS; slot++) {
            write(slot, adapters, allParts(shape, DType.FLOAT32, 2 * slot + 1));
        }
        for (int tokensEach : new int[]{1, 3, 150}) {
            int[] slotOfSequence = {3, -1, 1};
            TestStep steps = TestStep.of(random, slotOfSequence.length, 1, tokensEach);
            IntStream.range(0, slotOfSequence.length).forEach(i -> steps.compute(i, 0, new int[tokensEach]));
            StepInputs inputs = with(steps.next(),
                    IntStream.of(slotOfSequence).flatMap(slot -> IntStream.generate(() -> slot).limit(tokensEach))
                            .toArray());
            float[] x = random(random, slotOfSequence.length * shape.inputs(), 1);
            float[] before = random(random, slotOfSequence.length * shape.width(), 1);
            Twin.Buffer rows = twin.rows(x);
            Twin.Buffer out = twin.rows(before);
            twin.begin(inputs);
            twin.onBoth((ops, side) -> {
                ops.continueWithLogitRows();
                ops.addAdapters(side.of(adapters), side.of(rows), side.of(out));
            });

            twin.assertAgree(tokensEach + " tokens each", out, shape.inputs() + shape.maxRank());
            assertThat(twin.readCandidate(out)).isEqualTo(add(shape, adapters, slotOfSequence, x, before));
        }
    }

    @Test
    void aSlotHoldsOnlyWhatWasWrittenLast() {
        AdapterShape shape = shape(64, List.of(48, 32), 16);
        Twin.Pair<AdapterMatrix> adapters = twin.make(ops -> ops.allocateAdapters(shape));
        write(0, adapters, allParts(shape, DType.BFLOAT16, 16));
        write(1, adapters, allParts(shape, DType.BFLOAT16, 4));
        assertAgree(shape, adapters, 0, 1, 0);
        write(0, adapters, List.of(part(shape, 1, DType.FLOAT32, 2)));
        assertAgree(shape, adapters, 0, 1, 0);
        write(0, adapters, List.of());
        assertAgree(shape, adapters, 0, 1, 0);
    }

    @ParameterizedTest
    @EnumSource
    void activatesGateAndUpAsAdaptersHaveChangedThem(Activation activation) {
        int inner = columns(2_100); // more than a block takes at a time
        AdapterShape shape = shape(96, List.of(inner, inner), 32);
        Twin.Pair<AdapterMatrix> adapters = twin.make(ops -> ops.allocateAdapters(shape));
        write(0, adapters, allParts(shape, DType.FLOAT32, 20));
        write(1, adapters, List.of(part(shape, 1, DType.FLOAT32, 7)));
        Twin.Weights weights = twin.pack(matrix("gate and up", DType.FLOAT32, shape.width(), shape.inputs(),
                random(random, shape.width() * shape.inputs(), 0.1f)));
        Twin.Buffer norm = twin.vector(random(random, shape.inputs(), 1));
        for (int rows : new int[]{1, 5, 40, 256, 257}) {
            Twin.Buffer x = twin.rows(random(random, rows * shape.inputs(), 1));
            Twin.Buffer normalised = twin.unwritten(rows * shape.inputs());
            Twin.Buffer gateUp = twin.unwritten(rows * shape.width());
            Twin.Buffer out = twin.unwritten(rows * inner);

            twin.begin(step(IntStream.range(0, rows).map(row -> row * 4 / rows - 1).toArray()));
            twin.onBoth((ops, side) -> ops.normMatmulGated(side.of(x), side.of(norm), 1e-5f,
                    new Linear(side.of(weights), null, side.of(adapters)), activation, rows, inner,
                    side.of(normalised), side.of(gateUp), side.of(out)));

            twin.assertAgree(rows + " rows", out, shape.inputs() + shape.maxRank());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {37, 300})
    void aRowGetsTheSameBitsAloneAndInCompany(int rows) {
        AdapterShape shape = shape(1_100, List.of(256, 128, 128), 48);
        Twin.Pair<AdapterMatrix> adapters = twin.make(ops -> ops.allocateAdapters(shape));
        for (int slot = 0; slot < SLOTS; slot++) {
            write(slot, adapters, allParts(shape, DType.FLOAT32, 11 * slot + 1));
        }
        int[] slots = IntStream.range(0, rows).map(row -> row % (SLOTS + 1) - 1).toArray();
        float[] inputs = random(random, rows * shape.inputs(), 1);
        float[] bases = random(random, rows * shape.width(), 1);
        float[] together = add(shape, adapters, slots, inputs, bases);
        for (int row = 0; row < rows; row++) {
            float[] alone = add(shape, adapters, new int[]{slots[row]},
                    Arrays.copyOfRange(inputs, row * shape.inputs(), (row + 1) * shape.inputs()),
                    Arrays.copyOfRange(bases, row * shape.width(), (row + 1) * shape.width()));
            assertThat(alone).as("row %d", row).isEqualTo(
                    Arrays.copyOfRange(together, row * shape.width(), (row + 1) * shape.width()));
        }
    }

    @Test
    void refusesWhatDoesNotFitItsSlots() {
        AdapterShape shape = shape(64, List.of(32), 8);
        AdapterMatrix adapters = twin.make(ops -> ops.allocateAdapters(shape)).candidate();

        assertThatThrownBy(() -> new AdapterUpdate(adapters, List.of(part(shape, 0, DType.FLOAT32, 9))))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("at a rank of at most 8");
        assertThatThrownBy(() -> new AdapterUpdate(adapters,
                List.of(part(shape, 0, DType.FLOAT32, 8), part(shape, 0, DType.FLOAT32, 8))))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("two additions to one part");
        List<AdapterUpdate> update = List.of(new AdapterUpdate(adapters, List.of(part(shape, 0, DType.FLOAT32, 8))));
        TensorOps candidate = twin.make(ops -> ops).candidate();
        assertThatThrownBy(() -> candidate.writeAdapter(SLOTS, update))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("slot " + SLOTS);
    }

    private AdapterShape shape(int fewestInputs, List<Integer> fewestOutputs, int maxRank) {
        return new AdapterShape("w", columns(fewestInputs), fewestOutputs.stream().map(this::columns).toList(), SLOTS,
                maxRank);
    }

    private List<LowRank> allParts(AdapterShape shape, DType dtype, int rank) {
        return IntStream.range(0, shape.parts()).mapToObj(part -> part(shape, part, dtype, rank)).toList();
    }

    private LowRank part(AdapterShape shape, int part, DType dtype, int rank) {
        int outputs = shape.outputs().get(part);
        return new LowRank(part, 0.5f + part,
                matrix("a", dtype, rank, shape.inputs(), random(random, rank * shape.inputs(), 0.1f)),
                matrix("b", dtype, outputs, rank, random(random, outputs * rank, 0.3f)));
    }

    private void write(int slot, Twin.Pair<AdapterMatrix> adapters, List<LowRank> parts) {
        twin.onBoth((ops, side) -> ops.writeAdapter(slot, List.of(new AdapterUpdate(side.of(adapters), parts))));
    }

    private void assertAgree(AdapterShape shape, Twin.Pair<AdapterMatrix> adapters, int... slots) {
        Twin.Buffer x = twin.rows(random(random, slots.length * shape.inputs(), 1));
        Twin.Buffer out = twin.rows(random(random, slots.length * shape.width(), 1));
        twin.begin(step(slots));
        twin.onBoth((ops, side) -> ops.addAdapters(side.of(adapters), side.of(x), side.of(out)));
        twin.assertAgree(slots.length + " rows", out, shape.inputs() + shape.maxRank());
    }

    private float[] add(AdapterShape shape, Twin.Pair<AdapterMatrix> adapters, int[] slots, float[] inputs,
            float[] bases) {
        Twin.Buffer x = twin.rows(inputs);
        Twin.Buffer out = twin.rows(bases);
        twin.begin(step(slots));
        twin.onBoth((ops, side) -> ops.addAdapters(side.of(adapters), side.of(x), side.of(out)));
        return twin.readCandidate(out);
    }

    /** One token for each sequence, of which nothing but the adapters matters. */
    private StepInputs step(int... slots) {
        TestStep steps = TestStep.of(random, slots.length, 1, 16);
        for (int sequence = 0; sequence < slots.length; sequence++) {
            steps.compute(sequence, 0, 0);
        }
        return with(steps.next(), slots);
    }

    private static StepInputs with(StepInputs inputs, int... slots) {
        System.arraycopy(slots, 0, inputs.adapterSlots, 0, slots.length);
        inputs.adapterTokens = (int) IntStream.of(slots).filter(slot -> slot >= 0).count();
        return inputs;
    }
}
