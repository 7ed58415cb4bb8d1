package io.barista.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.backend.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.bytedeco.cuda.cublas.cublasLtMatmulAlgo_t;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Algorithms are chosen by time, which varies; so all that may be chosen must give the same bits. */
@Tag("gpu")
class MatmulPlannerGpuIT {

    @ParameterizedTest
    @CsvSource({"64, 12288, 4096, TO_FLOATS", "256, 12288, 4096, PLAIN", "1024, 6144, 4096, PLAIN",
        "1024, 4096, 14336, PLAIN", "2048, 1152, 896, PLAIN"})
    void algorithmsThatMayBeChosenGiveTheSameBits(int rows, int outputs, int inputs, MatmulKind kind) {
        Device device = Device.open(0);
        try (Stream stream = new Stream(); DeviceMemory memory = new DeviceMemory()) {
            KernelLoader loader = new KernelLoader(
                    new KernelCompiler(device.properties().target(), KernelCache.ofUser()), Element.BFLOAT16,
                    device.properties(), stream);
            RandomFill random = new RandomFill(loader);
            long weights = filled(memory, random, (long) outputs * inputs);
            long x = filled(memory, random, (long) rows * inputs);
            int width = kind == MatmulKind.TO_FLOATS ? DType.FLOAT32.bytes() : DType.BFLOAT16.bytes();
            long bytes = (long) rows * outputs * width;
            long out = memory.allocate("out", bytes);
            BlasLibrary blas = new BlasLibrary(stream, memory);
            List<byte[]> results = new ArrayList<>();
            try (MatmulPlan plan = blas.plan(outputs, inputs, rows, Element.BFLOAT16, kind);
                    Staging staging = new Staging(bytes)) {
                for (cublasLtMatmulAlgo_t algorithm : blas.suggested(plan, 8)) {
                    if (!BlasAlgorithms.splitsInputs(algorithm)) {
                        Driver.fill(out, (byte) 0xff, bytes, stream.handle());
                        blas.multiply(plan.by(algorithm), weights, x, 0, out, false);
                        staging.copyFrom(out, 0, bytes, stream);
                        stream.await();
                        results.add(staging.memory().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
                    }
                }
            }
            assertThat(results).hasSizeGreaterThan(1);
            assertThat(results).allSatisfy(
                    result -> assertThat(Arrays.mismatch(result, results.getFirst()))
                            .as("first byte that differs of %s...", HexFormat.of().formatHex(result, 0, 16))
                            .isEqualTo(-1));
            blas.close();
            loader.close();
        }
        device.close();
    }

    private static long filled(DeviceMemory memory, RandomFill random, long elements) {
        long address = memory.allocate("operand", elements * 2);
        random.fill(address, elements);
        return address;
    }
}
