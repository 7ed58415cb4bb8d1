package io.barista.engine.backend;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The weights W of a projection y = W·x on the host, [outputs, inputs], in the one layout of their kind, whatever the file's
 * format was. Segments are little-endian and row-major without gaps; they live, and stay as they are, for as
 * long as anyone refers to them, since a backend may still read them when {@link TensorOps#pack} has returned. What a file
 * may hold wrongly (sizes, scales that are no numbers) was checked by whoever read it.
 */
public sealed interface Weight {

    /** For messages. */
    String name();

    int outputs();

    int inputs();

    /** As stored: float32, float16 or bfloat16. */
    record Dense(HostTensor tensor) implements Weight {

        @Override
        public String name() {
            return tensor.name();
        }

        @Override
        public int outputs() {
            return tensor.dim(0);
        }

        @Override
        public int inputs() {
            return tensor.dim(1);
        }
    }

    /** Codes with a scale for each output and group of neighbouring inputs. */
    sealed interface Quantized extends Weight {

        /** Inputs of a group: a multiple of 8, or all. The last group may have fewer. */
        int groupSize();

        MemorySegment codes();

        /** float32 [outputs, groups], all finite. */
        MemorySegment scales();

        default int groups() {
            return Math.ceilDiv(inputs(), groupSize());
        }
    }

    /**
     * W[n, order[k]] = scales[n, g]·(codes[n, k] − zeros[n, g]) with g = k / groupSize.
     *
     * @param codes      int32 [outputs, ⌈inputs/8⌉]: bits 4j to 4j + 3 of word i are the code of input 8i + j, 0 to 15
     * @param zeros      [outputs, groups] bytes, 0 to 16
     * @param inputOrder the input that the k-th code of every output belongs to, a permutation; null is the natural order. Parts
     *                   that are packed together have the same
     */
    record Int4(String name, int outputs, int inputs, int groupSize, MemorySegment codes, MemorySegment scales,
            MemorySegment zeros, int @Nullable [] inputOrder) implements Quantized {

        /** Bytes of one output's codes. */
        public static long rowBytes(int inputs) {
            return (long) Integer.BYTES * Math.ceilDiv(inputs, 8);
        }
    }

    /**
     * W[n, k] = scales[n, k / groupSize]·codes[n, k]. Scales of a block, a channel or a whole tensor were written to each output
     * they hold for.
     *
     * @param codes              [outputs, inputs] bytes: e4m3 without infinities
     * @param dynamicActivations whether the model is made for activations quantised to e4m3 per token as well; a backend may
     */
    record Fp8(String name, int outputs, int inputs, int groupSize, MemorySegment codes, MemorySegment scales,
            boolean dynamicActivations) implements Quantized {}

    /**
     * W[n, k] = scales[n, k / groupSize]·codes[n, k].
     *
     * @param codes              [outputs, inputs] bytes, −128 to 127
     * @param dynamicActivations whether activations may be quantised to int8 per token as well; only with one group
     */
    record Int8(String name, int outputs, int inputs, int groupSize, MemorySegment codes, MemorySegment scales,
            boolean dynamicActivations) implements Quantized {}
}
