package io.barista.engine.testkit;

import static io.barista.engine.testkit.TestTensors.matrix;
import static io.barista.engine.testkit.TestTensors.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows and products of weights that are floating-point numbers: what every model needs. */
public abstract class BackendParityKit extends ParityKit {

    protected BackendParityKit(Comparison comparison) {
        super(comparison, 42);
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
        new FusedParts(twin, random).assertAgree(weights, gates, bias, twin.vector(random(random, inputs, 1)), inputs,
                outputs, inner);
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
}
