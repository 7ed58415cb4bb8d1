package io.barista.engine.cuda;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.cuda.cudart.CUevent_st;

/** What the device can do at best, measured with what the engine uses. */
final class Ceilings {

    private static final int REPEATS = 20;

    private Ceilings() {}

    static Map<String, Object> measure() {
        Device device = Device.open(0);
        Map<String, Object> ceilings = new LinkedHashMap<>();
        ceilings.put("device", device.properties().name());
        try (Stream stream = new Stream(); DeviceMemory memory = new DeviceMemory()) {
            KernelLoader loader = new KernelLoader(
                    new KernelCompiler(device.properties().target(), KernelCache.ofUser()),
                    Element.BFLOAT16, device.properties(), stream);
            RandomFill random = new RandomFill(loader);
            long elements = 1L << 32;
            long a = memory.allocate("a", elements * 2);
            random.fill(a, elements);
            hostToDevice(stream, memory, ceilings);
            BlasLibrary blas = new BlasLibrary(stream, memory);
            int n = 8_192;
            long out = memory.allocate("out", 2L * n * n);
            MatmulPlan plan = blas.plan(n, n, n, Element.BFLOAT16, MatmulKind.PLAIN);
            double product = median(stream, () -> blas.multiply(plan, a, a + 2L * n * n, 0, out, false));
            ceilings.put("bf16_matmul_tflops", 2.0 * n * n * n / product / 1e12);
            Gemv gemv = new Gemv(loader, device.properties().multiprocessors());
            int outputs = 1 << 20;
            CudaMatrix matrix = new CudaMatrix("read", outputs, 4_096, a, new MatmulShape(outputs, 4_096));
            double read = median(stream, () -> gemv.multiply(matrix, null, a, 1, out, false));
            ceilings.put("read_tb_per_s", 2.0 * outputs * 4_096 / read / 1e12);
            loader.close();
        }
        device.close();
        return ceilings;
    }

    /** GB/s from pinned memory. */
    static double hostToDevice() {
        Device device = Device.open(0);
        Map<String, Object> ceilings = new LinkedHashMap<>();
        try (Stream stream = new Stream(); DeviceMemory memory = new DeviceMemory()) {
            hostToDevice(stream, memory, ceilings);
        }
        device.close();
        return (Double) ceilings.get("host_to_device_gb_per_s");
    }

    private static void hostToDevice(Stream stream, DeviceMemory memory, Map<String, Object> ceilings) {
        long bytes = 256L << 20;
        long target = memory.allocate("target", bytes);
        try (PinnedBuffer pinned = new PinnedBuffer(bytes)) {
            double seconds = median(stream,
                    () -> Driver.copyToDevice(target, pinned.pointer(), bytes, stream.handle()));
            ceilings.put("host_to_device_gb_per_s", bytes / seconds / 1e9);
        }
    }

    private static double median(Stream stream, Runnable work) {
        CUevent_st from = Driver.createEvent(true);
        CUevent_st to = Driver.createEvent(true);
        double[] seconds = new double[REPEATS];
        for (int i = -3; i < REPEATS; i++) {
            Driver.record(from, stream.handle());
            work.run();
            Driver.record(to, stream.handle());
            stream.await();
            if (i >= 0) {
                seconds[i] = Driver.milliseconds(from, to) / 1e3;
            }
        }
        Driver.destroy(from);
        Driver.destroy(to);
        java.util.Arrays.sort(seconds);
        return seconds[REPEATS / 2];
    }

}
