package io.barista.engine.testkit;

import static io.barista.engine.testkit.TestTensors.random;

import io.barista.engine.backend.AttentionSpec;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** As {@link BackendParityKit}, for weights that are codes. */
public abstract class QuantizedParityKit extends ParityKit {

    protected QuantizedParityKit(Comparison comparison) {
        super(comparison, 42);
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

    /** Codes mean large numbers, so that rows are small. */
    @ParameterizedTest
    @EnumSource
    void normalisesMultipliesAndAddsCodesInOnePart(TestWeights.Kind kind) {
        for (int inputs : new int[]{256, 416}) {
            int groupSize = inputs == 256 ? 64 : 32;
            Twin.Weights weights = twin.pack(List.of(TestWeights.of(kind, random, 72, inputs, groupSize)));
            Twin.Weights gates = twin.pack(List.of(TestWeights.of(kind, random, 2 * 48, inputs, groupSize)));
            Twin.Buffer bias = twin.vector(random(random, 72, 1));
            new FusedParts(twin, random).assertAgree(weights, gates, bias,
                    twin.vector(random(random, inputs, 0.01f)), inputs, 72, 48);
        }
    }

    @ParameterizedTest
    @EnumSource
    void projectsRowsStraightIntoTheCacheByCodes(TestWeights.Kind kind) {
        AttentionSpec spec = new AttentionSpec(6, 2, 64, 0.125f, 0, 0);
        int hidden = 160;
        Twin.Weights qkv = twin.pack(List.of(TestWeights.of(kind, random, spec.qkvWidth(), hidden, 32)));
        for (int sequences : new int[]{1, 3, 9}) {
            new FusedParts(twin, random).assertProjects(spec, 64, sequences, qkv, hidden,
                    twin.vector(random(random, hidden, 0.002f)));
        }
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
}
