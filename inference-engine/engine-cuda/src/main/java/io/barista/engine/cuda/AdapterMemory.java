package io.barista.engine.cuda;

import io.barista.engine.backend.AdapterShape;
import io.barista.engine.backend.AdapterUpdate;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.LowRank;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * The adapters' slots on the device and what fills them. Slots are filled on a stream of their own, by any one thread at a time, while
 * steps run on another.
 */
final class AdapterMemory implements AutoCloseable {

    private static final int STAGING_BYTES = 4 << 20;
    private static final int VECTOR_BYTES = 16;

    private final Device device;
    private final Element element;
    private final DeviceMemory memory;
    private final StreamEvent read;
    private final Stream stream = new Stream();
    private final PinnedBuffer staging = new PinnedBuffer(STAGING_BYTES);

    /** @param read marks the steps that read slots: what they named is not changed before they have */
    AdapterMemory(Device device, Element element, DeviceMemory memory, StreamEvent read) {
        this.device = device;
        this.element = element;
        this.memory = memory;
        this.read = read;
    }

    CudaAdapterMatrix allocate(AdapterShape shape) {
        int multiple = element == Element.FLOAT32 ? 1 : VECTOR_BYTES / element.bytes();
        if (shape.inputs() % multiple != 0 || shape.outputs().stream().anyMatch(outputs -> outputs % multiple != 0)) {
            throw Unsupported.of("adapters of %s, whose %d inputs or %s outputs are no multiple of %d".formatted(
                    shape.name(), shape.inputs(), shape.outputs(), multiple));
        }
        int rank = CudaAdapterMatrix.rounded(shape.maxRank());
        int places = Math.multiplyExact(shape.slots(), shape.parts());
        String what = "adapters of " + shape.name();
        CudaAdapterMatrix matrix = new CudaAdapterMatrix(shape, rank,
                shape.outputs().stream().mapToInt(Integer::intValue).max().orElseThrow(),
                memory.allocate(what, (long) places * rank * shape.inputs() * element.bytes()),
                memory.allocate(what, (long) shape.slots() * shape.width() * rank * element.bytes()),
                memory.allocate(what, places * 4L), memory.allocate(what, places * 4L),
                memory.allocate(what, (shape.parts() + 1) * 4L));
        Driver.fill(matrix.ranks(), (byte) 0, places * 4L, stream.handle());
        for (int part = 0; part <= shape.parts(); part++) {
            staging.segment().setAtIndex(ValueLayout.JAVA_INT, part, shape.firstColumn(part));
        }
        send(matrix.starts(), (shape.parts() + 1) * 4L);
        return matrix;
    }

    /** Returns when all of it is on the device. */
    void write(int slot, List<AdapterUpdate> updates) {
        device.attachThread();
        read.await(stream); // a sequence may be gone whose last step the device has not done yet
        for (AdapterUpdate update : updates) {
            write(slot, (CudaAdapterMatrix) update.matrix(), update.parts());
        }
    }

    private void write(int slot, CudaAdapterMatrix matrix, List<LowRank> parts) {
        AdapterShape shape = matrix.shape();
        if (slot < 0 || slot >= shape.slots()) {
            throw new IllegalArgumentException("%s: slot %d of %d".formatted(shape.name(), slot, shape.slots()));
        }
        int[] ranks = new int[shape.parts()];
        float[] scales = new float[shape.parts()];
        long a = matrix.a() + slot * matrix.slotOfA() * element.bytes();
        long b = matrix.b() + slot * matrix.slotOfB() * element.bytes();
        for (int index = 0; index < shape.parts(); index++) {
            for (LowRank part : parts) {
                if (part.part() == index) {
                    int rank = CudaAdapterMatrix.rounded(part.rank());
                    ranks[index] = rank;
                    scales[index] = part.scale();
                    a = copyRows(part.a(), rank, shape.inputs(), a);
                    b = copyRows(part.b(), shape.outputs().get(index), rank, b);
                }
            }
        }
        MemorySegment.copy(ranks, 0, staging.segment(), ValueLayout.JAVA_INT, 0, ranks.length);
        send(matrix.ranks() + (long) slot * shape.parts() * 4, ranks.length * 4L);
        MemorySegment.copy(scales, 0, staging.segment(), ValueLayout.JAVA_FLOAT, 0, scales.length);
        send(matrix.scales() + (long) slot * shape.parts() * 4, scales.length * 4L);
    }

    /**
     * Copies a matrix to {@code rows} rows of {@code columns} elements; what it lacks of either are zeros.
     *
     * @return the address behind it
     */
    private long copyRows(HostTensor tensor, int rows, int columns, long target) {
        int width = element.bytes();
        int given = tensor.dim(1);
        int chunk = STAGING_BYTES / (columns * width);
        MemorySegment staged = staging.segment();
        for (int first = 0; first < rows; first += chunk) {
            int count = Math.min(chunk, rows - first);
            int whole = Math.clamp(tensor.dim(0) - first, 0, count);
            if (given == columns) {
                Elements.copy(tensor.dtype(), tensor.data(), (long) first * columns, element.dtype(), staged, 0,
                        (long) whole * columns);
            } else {
                staged.asSlice(0, (long) whole * columns * width).fill((byte) 0);
                for (int row = 0; row < whole; row++) {
                    Elements.copy(tensor.dtype(), tensor.data(), (long) (first + row) * given, element.dtype(), staged,
                            (long) row * columns, given);
                }
            }
            staged.asSlice((long) whole * columns * width, (long) (count - whole) * columns * width).fill((byte) 0);
            send(target + (long) first * columns * width, (long) count * columns * width);
        }
        return target + (long) rows * columns * width;
    }

    /** Copies what is staged, and waits for it. */
    private void send(long target, long bytes) {
        Driver.copyToDevice(target, staging.pointer(), bytes, stream.handle());
        stream.await();
    }

    @Override
    public void close() {
        stream.await();
        staging.close();
        stream.close();
    }
}
