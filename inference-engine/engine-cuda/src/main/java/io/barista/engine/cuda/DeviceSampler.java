package io.barista.engine.cuda;

import io.barista.engine.backend.SamplingRows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** {@code argmax.cu} where all rows are greedy, else {@code sampling.cu}, which draws as the host's sampler does, in float64. */
final class DeviceSampler implements AutoCloseable {

    private static final int BYTES_PER_ROW = 4 * Double.BYTES + Integer.BYTES;

    private final Kernel argmax;
    private final Kernel sampleRows;
    private final Stream stream;
    private final HostReader reader;
    private final PinnedBuffer staging;
    private final MemorySegment host;
    private final long parameters;
    private final long tokens;
    private final int maxRows;

    /** @param maxRows rows of logits of a step at most */
    DeviceSampler(KernelLoader loader, DeviceMemory memory, Stream stream, HostReader reader, int maxRows) {
        this.argmax = loader.load("argmax", 1_024);
        this.sampleRows = loader.load("sampling", "sample_rows", 1_024);
        this.stream = stream;
        this.reader = reader;
        this.maxRows = maxRows;
        this.staging = new PinnedBuffer((long) maxRows * BYTES_PER_ROW);
        this.host = staging.segment();
        this.parameters = memory.allocate("sampling parameters", (long) maxRows * BYTES_PER_ROW);
        this.tokens = memory.allocate("sampled tokens", (long) maxRows * Integer.BYTES);
    }

    boolean holds(int rows) {
        return rows <= maxRows;
    }

    /** @param chosen receives one id per row */
    void sample(long logits, int columns, SamplingRows rows, int[] chosen) {
        if (rows.isAllGreedy()) {
            argmax.pointer(logits).integer(columns).pointer(tokens).launch(rows.rows, 1, 1);
        } else {
            draw(logits, columns, rows);
        }
        reader.read(tokens, chosen, rows.rows);
    }

    private void draw(long logits, int columns, SamplingRows rows) {
        int count = rows.rows;
        long temperature = put(rows.temperature, 0, count);
        long topP = put(rows.topP, 1, count);
        long minP = put(rows.minP, 2, count);
        long uniform = put(rows.uniform, 3, count);
        long topK = parameters + 4L * count * Double.BYTES;
        MemorySegment.copy(rows.topK, 0, host, ValueLayout.JAVA_INT, 4L * count * Double.BYTES, count);
        Driver.copyToDevice(parameters, staging.pointer(), (long) count * BYTES_PER_ROW, stream.handle());
        sampleRows.pointer(logits).pointer(temperature).pointer(topK).pointer(topP).pointer(minP).pointer(uniform)
                .integer(columns).pointer(tokens).launch(count, 1, 1);
    }

    private long put(double[] values, int place, int count) {
        long offset = (long) place * count * Double.BYTES;
        MemorySegment.copy(values, 0, host, ValueLayout.JAVA_DOUBLE, offset, count);
        return parameters + offset;
    }

    @Override
    public void close() {
        staging.close();
    }
}
