package io.barista.engine.cpu;

import static io.barista.engine.testkit.TestTensors.random;
import static io.barista.engine.testkit.TestTensors.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.Matrix;
import io.barista.engine.backend.StepInputs;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.backend.Weight;
import io.barista.engine.testkit.TestTensors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On processors that oneDNN would not be chosen for its int8 products are right too, as long as pairs of them stay small. */
class OneDnnTest {

    private final Random random = new Random(11);

    private static boolean loads() {
        try {
            OneDnn.load();
            return true;
        } catch (UnsatisfiedLinkError _) {
            return false; // other platforms have no natives on the class path
        }
    }

    /** Operations that trust oneDNN with these, whatever the processor's instructions. */
    static VectorOps open(boolean bfloat16, boolean int8) {
        assumeTrue(loads(), "oneDNN has natives for linux-x86_64 only");
        return new VectorOps(bfloat16 ? DType.BFLOAT16 : DType.FLOAT32, 2, _ -> {}, () -> {
            OneDnn oneDnn = OneDnn.load();
            return new OneDnn(oneDnn.engine(), bfloat16, int8, oneDnn.setThreads());
        });
    }

    @Test
    void isNotTrustedWithWhatTheProcessorCannotDo() {
        try (VectorOps ops = open(true, false)) {
            boolean able = OneDnn.load().bfloat16();
            Matrix matrix = ops.pack("w", List.of(new Weight.Dense(
                    TestTensors.matrix("w", DType.BFLOAT16, 3, 5, random(random, 15, 1)))));
            assertThat(matrix).isInstanceOf(able ? OneDnnMatrix.class : PanelMatrix.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"40, 31", "128, 100", "601, 133", "896, 1500"})
    void multipliesInt8ByRowsThatHaveAScaleEach(int inputs, int outputs) {
        Weight.Int8 first = int8(outputs, inputs);
        Weight.Int8 second = int8(9, inputs);
        try (VectorOps ops = open(false, true); TensorOps oracle = new ScalarOps(DType.FLOAT32)) {
            Matrix packed = ops.pack("w", List.of(first, second));
            Matrix exact = oracle.pack("w", List.of(first, second));
            if (inputs == 896) { // small shapes are not worth oneDNN's while on every processor
                assertThat(packed).isInstanceOf(OneDnnMatrix.class);
            }
            for (int rows : new int[]{1, 2, 3, 8, 33, 64, 65, 130}) {
                float[] x = random(random, rows * inputs, 1);
                float[] bias = random(random, outputs + 9, 1);
                float[] expected = multiply(oracle, exact, bias, x, rows);
                float[] actual = multiply(ops, packed, bias, x, rows);
                // A code of x is off by half a step at most, and steps are a 127th of the row's largest value.
                assertThat(relativeError(actual, expected)).as("%d rows", rows).isLessThan(0.02);
            }
        }
    }

    @Test
    void readsRowsBackOutOfItsLayout() {
        Weight.Int8 table = int8(500, 96);
        try (VectorOps ops = open(false, true); TensorOps oracle = new ScalarOps(DType.FLOAT32)) {
            StepInputs step = new StepInputs(4, 1, 1);
            step.tokens = 4;
            step.sequences = 1;
            step.queryStarts[1] = 4;
            System.arraycopy(new int[]{0, 499, 31, 32}, 0, step.tokenIds, 0, 4);
            assertThat(embed(ops, table, step)).containsExactly(embed(oracle, table, step), within(1e-6f));
        }
    }

    @Test
    void saysWhyAndGoesOnWithoutItWhereItDoesNotLoad() {
        try (VectorOps ops = new VectorOps(DType.BFLOAT16, 1, _ -> {}, () -> {
            throw new UnsatisfiedLinkError("no libdnnl");
        })) {
            Matrix matrix = ops.pack("w", List.of(new Weight.Dense(
                    TestTensors.matrix("w", DType.BFLOAT16, 3, 5, random(random, 15, 1)))));
            assertThat(matrix).isInstanceOf(PanelMatrix.class);
        }
    }

    private static float[] embed(TensorOps ops, Weight table, StepInputs step) {
        DeviceBuffer out = ops.allocate("out", DType.FLOAT32, 4L * table.inputs());
        ops.begin(step);
        ops.embed(ops.pack("table", List.of(table)), 2, out);
        return read(ops, out);
    }

    private static float[] multiply(TensorOps ops, Matrix w, float[] bias, float[] x, int rows) {
        DeviceBuffer out = ops.allocate("out", DType.FLOAT32, (long) rows * w.outputs());
        ops.matmul(w, ops.upload(vector("bias", DType.FLOAT32, bias)), ops.upload(vector("x", DType.FLOAT32, x)), rows,
                out);
        return read(ops, out);
    }

    private static float[] read(TensorOps ops, DeviceBuffer buffer) {
        float[] values = new float[(int) buffer.elements()];
        ops.read(buffer, 0, values, values.length);
        return values;
    }

    private static double relativeError(float[] actual, float[] expected) {
        double difference = 0;
        double size = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(actual[i] - expected[i], 2);
            size += Math.pow(expected[i], 2);
        }
        return Math.sqrt(difference / size);
    }

    private Weight.Int8 int8(int outputs, int inputs) {
        MemorySegment codes = Arena.ofAuto().allocate((long) outputs * inputs);
        MemorySegment scales = Arena.ofAuto().allocate((long) outputs * Float.BYTES, 8);
        for (long i = 0; i < codes.byteSize(); i++) {
            codes.set(ValueLayout.JAVA_BYTE, i, (byte) (random.nextInt(127) - 63));
        }
        for (int i = 0; i < outputs; i++) {
            scales.setAtIndex(ValueLayout.JAVA_FLOAT, i, 0.01f + random.nextFloat());
        }
        return new Weight.Int8("w", outputs, inputs, inputs, codes, scales, true);
    }
}
