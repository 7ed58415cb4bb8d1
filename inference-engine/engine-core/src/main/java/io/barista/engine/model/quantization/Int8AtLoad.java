package io.barista.engine.model.quantization;

import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.Weight;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;

/**
 * Plain weights, quantised while they are loaded: int8, symmetric, one scale per output that maps its largest weight to 127.
 * A backend may quantise activations per token as well.
 */
public final class Int8AtLoad implements WeightFormat {

    private static final int LARGEST = 127;

    @Override
    public Weight read(TensorSource tensors, String projection, int outputs, int inputs) {
        HostTensor stored = tensors.require(projection + ".weight", outputs, inputs);
        MemorySegment codes = Arena.ofAuto().allocate((long) outputs * inputs, 64);
        float[] scales = new float[outputs];
        IntStream.range(0, outputs).parallel().forEach(output -> scales[output] = quantize(stored, output, codes));
        for (int output = 0; output < outputs; output++) {
            if (!Float.isFinite(scales[output])) {
                throw Scales.invalid("%s: output %d has a weight that is no number; the folder is damaged",
                        stored.name(), output);
            }
        }
        MemorySegment stack = Arena.ofAuto().allocate((long) outputs * Float.BYTES, 64);
        MemorySegment.copy(scales, 0, stack, Scales.FLOAT, 0, outputs);
        return new Weight.Int8(projection, outputs, inputs, inputs, codes, stack, true);
    }

    @Override
    public WeightFormat ofTiedHead() {
        return this;
    }

    /** Returns the scale; NaN or infinite where a weight is. */
    private static float quantize(HostTensor stored, int output, MemorySegment codes) {
        int inputs = stored.dim(1);
        long row = (long) output * inputs;
        float largest = 0;
        for (int k = 0; k < inputs; k++) {
            largest = Math.max(largest, Math.abs(Scales.value(stored, row + k)));
        }
        float scale = largest == 0 ? 1 : largest / LARGEST;
        for (int k = 0; k < inputs; k++) {
            codes.set(ValueLayout.JAVA_BYTE, row + k, (byte) Math.rint(Scales.value(stored, row + k) / scale));
        }
        return scale;
    }
}
