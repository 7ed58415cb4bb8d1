package io.barista.engine.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUlaunchAttribute;
import org.bytedeco.cuda.cudart.CUlaunchConfig;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * A function on the device with room for its arguments, which the driver copies when it is launched; so nothing is allocated per
 * launch. Arguments are given in order, then {@link #launch}. Confined to the thread that opened the device.
 */
final class Kernel {

    private static final int MAX_ARGUMENTS = 24;

    private final String name;
    private final CUfunc_st function;
    private final CUlaunchConfig config = new CUlaunchConfig();
    private final CUlaunchAttribute attributes = new CUlaunchAttribute(2); // config points to them
    private final Stream stream;
    private final MemorySegment slots;
    private final PointerPointer<Pointer> arguments;
    private int given;
    private int allowedSharedBytes; // beside what the kernel has of its own, which counts too

    /**
     * @param block     threads of a block
     * @param dependent whether it may start while the kernel before it drains: it waits itself before it reads that one's results
     * @param resident  whether its blocks wait for one another, so that a launch fails unless all of them can run at a time
     * @param arena     of the arguments' memory
     */
    Kernel(String name, CUfunc_st function, int block, boolean dependent, boolean resident, Stream stream,
            Arena arena) {
        this.name = name;
        this.stream = stream;
        this.function = function;
        Driver.preferSharedMemory(function);
        this.slots = arena.allocate(MAX_ARGUMENTS * 8L, 8);
        MemorySegment pointers = arena.allocate(MAX_ARGUMENTS * 8L, 8);
        for (int i = 0; i < MAX_ARGUMENTS; i++) {
            pointers.setAtIndex(ValueLayout.JAVA_LONG, i, slots.address() + i * 8L);
        }
        this.arguments = new PointerPointer<>(new Address().at(pointers.address()));
        config.blockDimX(block).blockDimY(1).blockDimZ(1).sharedMemBytes(0).hStream(stream.handle());
        int given = 0;
        if (dependent) {
            attributes.position(given++).id(cudart.CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION);
            attributes.value().programmaticStreamSerializationAllowed(1);
        }
        if (resident) {
            attributes.position(given++).id(cudart.CU_LAUNCH_ATTRIBUTE_COOPERATIVE);
            attributes.value().cooperative(1);
        }
        config.attrs(attributes.position(0)).numAttrs(given);
    }

    /** Dynamic shared memory of its blocks from now on, in bytes. */
    void sharedMemory(int bytes) {
        if (bytes > allowedSharedBytes) {
            Driver.allowSharedMemory(function, bytes);
            allowedSharedBytes = bytes;
        }
        config.sharedMemBytes(bytes);
    }

    Kernel pointer(long address) {
        slots.setAtIndex(ValueLayout.JAVA_LONG, given++, address);
        return this;
    }

    Kernel integer(int value) {
        slots.set(ValueLayout.JAVA_INT, 8L * given++, value);
        return this;
    }

    Kernel real(float value) {
        slots.set(ValueLayout.JAVA_FLOAT, 8L * given++, value);
        return this;
    }

    /** With so many blocks; does nothing where there is none. */
    void launch(int gridX, int gridY, int gridZ) {
        given = 0;
        stream.requireTaking(name);
        if (gridX == 0 || gridY == 0 || gridZ == 0) {
            return;
        }
        config.gridDimX(gridX).gridDimY(gridY).gridDimZ(gridZ);
        Driver.launch(config, function, arguments, name);
    }
}
