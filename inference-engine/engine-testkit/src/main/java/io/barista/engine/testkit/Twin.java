package io.barista.engine.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.Matrix;
import io.barista.engine.backend.RopeTable;
import io.barista.engine.backend.StepInputs;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.backend.Weight;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** An oracle and a candidate that are given the same operations on the same data. */
final class Twin implements AutoCloseable {

    private final TensorOps oracle;
    private final TensorOps candidate;

    Twin(TensorOps oracle, TensorOps candidate) {
        this.oracle = oracle;
        this.candidate = candidate;
    }

    record Buffer(DeviceBuffer oracle, DeviceBuffer candidate) {}

    record Weights(Matrix oracle, Matrix candidate) {}

    record Rope(RopeTable oracle, RopeTable candidate) {}

    record Cache(KvCache oracle, KvCache candidate) {}

    /** Whatever else a backend makes of its own. */
    record Pair<T>(T oracle, T candidate) {}

    /** Which of the two an operation is being done on. */
    final class Side {

        private final TensorOps ops;
        private final boolean first;

        private Side(TensorOps ops, boolean first) {
            this.ops = ops;
            this.first = first;
        }

        TensorOps ops() {
            return ops;
        }

        DeviceBuffer of(Buffer buffer) {
            return first ? buffer.oracle : buffer.candidate;
        }

        Matrix of(Weights weights) {
            return first ? weights.oracle : weights.candidate;
        }

        RopeTable of(Rope rope) {
            return first ? rope.oracle : rope.candidate;
        }

        KvCache of(Cache cache) {
            return first ? cache.oracle : cache.candidate;
        }

        <T> T of(Pair<T> pair) {
            return first ? pair.oracle : pair.candidate;
        }
    }

    void onBoth(BiConsumer<TensorOps, Side> operation) {
        operation.accept(oracle, new Side(oracle, true));
        operation.accept(candidate, new Side(candidate, false));
    }

    void begin(StepInputs inputs) {
        onBoth((ops, _) -> ops.begin(inputs));
    }

    DType candidateCacheType() {
        return candidate.kvCacheType();
    }

    <T> Pair<T> make(Function<TensorOps, T> maker) {
        return new Pair<>(maker.apply(oracle), maker.apply(candidate));
    }

    /** In float32 whatever activations are computed in, as logits are. */
    Buffer logits(int elements) {
        return new Buffer(oracle.allocate("logits", DType.FLOAT32, elements),
                candidate.allocate("logits", DType.FLOAT32, elements));
    }

    /** Activations, as the candidate rounds them, so that both begin with the same. */
    Buffer rows(float... values) {
        DeviceBuffer rounded = rows(candidate, values);
        return new Buffer(rows(oracle, read(candidate, rounded)), rounded);
    }

    private static DeviceBuffer rows(TensorOps ops, float[] values) {
        DeviceBuffer buffer = ops.allocate("rows", ops.activationType(), values.length);
        ops.write(buffer, 0, values, values.length);
        return buffer;
    }

    /** Weights such as those of a norm or a bias. */
    Buffer vector(float... values) {
        HostTensor tensor = TestTensors.vector("vector", DType.FLOAT32, values);
        return new Buffer(oracle.upload(tensor), candidate.upload(tensor));
    }

    /** Full of a value that no operation gives, so that what was left out shows. */
    Buffer unwritten(int elements) {
        float[] values = new float[elements];
        Arrays.fill(values, -12_345);
        return rows(values);
    }

    Weights pack(HostTensor... parts) {
        return pack(Stream.of(parts).map(Weight.Dense::new).toList());
    }

    Weights pack(List<? extends Weight> stack) {
        return new Weights(oracle.pack("weights", stack), candidate.pack("weights", stack));
    }

    Rope rope(float[] cosSin, int positions, int rotaryDim) {
        return new Rope(oracle.uploadRope(cosSin, positions, rotaryDim),
                candidate.uploadRope(cosSin, positions, rotaryDim));
    }

    Cache cache(KvCache.Shape shape) {
        return new Cache(oracle.allocateKvCache(shape), candidate.allocateKvCache(shape));
    }

    float[] readCandidate(Buffer buffer) {
        return read(candidate, buffer.candidate);
    }

    private static float[] read(TensorOps ops, DeviceBuffer buffer) {
        float[] values = new float[Math.toIntExact(buffer.elements())];
        ops.read(buffer, 0, values, values.length);
        return values;
    }

    /** As {@link #assertAgree}, of the first {@code columns} of rows of {@code width}. */
    void assertAgreeInColumns(String what, Buffer buffer, int width, int columns, int reduction) {
        assertAgree(what, firstColumns(read(oracle, buffer.oracle), width, columns),
                firstColumns(read(candidate, buffer.candidate), width, columns), reduction);
    }

    private static float[] firstColumns(float[] rows, int width, int columns) {
        float[] kept = new float[rows.length / width * columns];
        for (int row = 0; row < rows.length / width; row++) {
            System.arraycopy(rows, row * width, kept, row * columns, columns);
        }
        return kept;
    }

    /** Relative L2 error at most 4 ulp · √reduction: what rounding each of that many terms may add up to. */
    void assertAgree(String what, Buffer buffer, int reduction) {
        assertAgree(what, read(oracle, buffer.oracle), read(candidate, buffer.candidate), reduction);
    }

    private void assertAgree(String what, float[] expected, float[] actual, int reduction) {
        double difference = 0;
        double size = 0;
        for (int i = 0; i < expected.length; i++) {
            assertThat(Float.isFinite(actual[i]))
                    .as("%s: element %d is %s, expected %s", what, i, actual[i], expected[i])
                    .isEqualTo(Float.isFinite(expected[i]));
            if (Float.isFinite(expected[i])) {
                difference += Math.pow((double) actual[i] - expected[i], 2);
                size += Math.pow(expected[i], 2);
            }
        }
        assertThat(Math.sqrt(difference)).as("%s: L2 error of %d elements", what, expected.length)
                .isLessThanOrEqualTo(4 * ulp() * Math.sqrt(reduction) * Math.sqrt(size));
    }

    private double ulp() {
        return switch (candidate.activationType()) {
            case FLOAT32 -> 0x1p-23;
            case FLOAT16 -> 0x1p-10;
            case BFLOAT16 -> 0x1p-7;
            case FLOAT8_E4M3, INT32, INT8, INT64 -> throw new IllegalArgumentException(
                    "no activations of " + candidate.activationType());
        };
    }

    @Override
    public void close() {
        oracle.close();
        candidate.close();
    }
}
