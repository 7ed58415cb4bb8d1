package io.barista.engine.cuda;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** Arrays of any length that go to the device in one copy, again and again. Grows when there is more than ever. */
final class Upload implements AutoCloseable {

    private static final long FIRST_ROOM = 64 << 10;

    private final DeviceMemory memory;
    private final Stream stream;
    private @Nullable Staging staging;
    private MemorySegment host = MemorySegment.NULL;
    private long address;
    private long room;
    private long offset;

    Upload(DeviceMemory memory, Stream stream) {
        this.memory = memory;
        this.stream = stream;
    }

    /** Waits until what was queued last is on the device. */
    void begin(long bytes) {
        if (bytes > room) {
            close();
            if (room > 0) {
                memory.release(address);
            }
            room = Math.max(FIRST_ROOM, Long.highestOneBit(bytes) * 2);
            address = memory.allocate("what tokens are drawn by", room);
            staging = new Staging(room);
            host = staging.memory();
        } else if (staging != null) {
            staging.await();
        }
        offset = 0;
    }

    /** Where the first elements will be on the device. */
    long put(double[] values, int count) {
        MemorySegment.copy(values, 0, host, ValueLayout.JAVA_DOUBLE, offset, count);
        return advance((long) count * Double.BYTES);
    }

    /** Likewise; doubles come first, for they must be aligned. */
    long put(int[] values, int count) {
        MemorySegment.copy(values, 0, host, ValueLayout.JAVA_INT, offset, count);
        return advance((long) count * Integer.BYTES);
    }

    private long advance(long bytes) {
        long at = address + offset;
        offset += bytes;
        return at;
    }

    void queue() {
        if (staging != null) {
            staging.copyTo(address, offset, stream);
        }
    }

    @Override
    public void close() {
        if (staging != null) {
            stream.await();
            staging.close();
            staging = null;
        }
    }
}
