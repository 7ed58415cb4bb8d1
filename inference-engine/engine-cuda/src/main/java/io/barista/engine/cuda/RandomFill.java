package io.barista.engine.cuda;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/** {@code fill_random.cu}: numbers of a deviation that models are initialised with, so that activations keep their size. */
final class RandomFill {

    private static final float DEVIATION = 0.02f;
    private static final int BLOCKS = 2_048;

    private final Kernel elements;
    private final Kernel codes;
    private int seed;

    RandomFill(KernelLoader loader) {
        this.elements = loader.load("fill_random", 256);
        this.codes = loader.load("fill_random", "fill_codes", 256);
    }

    /** Near normal. */
    void fill(long address, long count) {
        elements.pointer(address).pointer(count).integer(++seed).real(DEVIATION).launch(BLOCKS, 1, 1);
    }

    /** Any codes but e4m3's largest, among which are its NaNs. */
    void fillCodes(WeightKind kind, long address, long bytes) {
        codes.pointer(address).pointer(bytes / Integer.BYTES).integer(++seed)
                .integer(kind == WeightKind.FP8 ? 0xBFBFBFBF : -1).launch(BLOCKS, 1, 1);
    }

    /** As many as there are, which bring such codes to the deviation. */
    static HostTensor scales(WeightKind kind, String name, long count) {
        float[] scales = new float[Math.toIntExact(count)];
        Arrays.fill(scales, DEVIATION / switch (kind) {
            case DENSE -> throw new IllegalArgumentException("dense weights have no scales");
            case INT4 -> 4.6f;
            case INT8 -> 74;
            case FP8 -> 0.6f;
        });
        return new HostTensor(name, DType.FLOAT32, List.of(count), MemorySegment.ofArray(scales));
    }

    /** As large, and what norms are initialised with. */
    static HostTensor ones(HostTensor like) {
        float[] ones = new float[Math.toIntExact(like.elements())];
        Arrays.fill(ones, 1);
        return new HostTensor(like.name(), DType.FLOAT32, like.shape(), MemorySegment.ofArray(ones));
    }
}
