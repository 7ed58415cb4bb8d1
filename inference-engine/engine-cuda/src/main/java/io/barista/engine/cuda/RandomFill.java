package io.barista.engine.cuda;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** {@code fill_random.cu}: near-normal numbers of a deviation that models are initialised with, so that activations keep their size. */
final class RandomFill {

    private static final float DEVIATION = 0.02f;
    private static final int BLOCKS = 2_048;

    private final Kernel kernel;
    private int seed;

    RandomFill(KernelLoader loader) {
        this.kernel = loader.load("fill_random", 256);
    }

    void fill(long address, long elements) {
        kernel.pointer(address).pointer(elements).integer(++seed).real(DEVIATION).launch(BLOCKS, 1, 1);
    }

    /** As large, and what norms are initialised with. */
    static HostTensor ones(HostTensor like) {
        float[] ones = new float[Math.toIntExact(like.elements())];
        Arrays.fill(ones, 1);
        return new HostTensor(like.name(), DType.FLOAT32, like.shape(), MemorySegment.ofArray(ones));
    }
}
