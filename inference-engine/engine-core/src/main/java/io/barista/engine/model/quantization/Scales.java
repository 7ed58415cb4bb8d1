package io.barista.engine.model.quantization;

import io.barista.engine.EngineException;
import io.barista.engine.backend.HostTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Scales as float32 [outputs, groups], and the check that each is a number. */
final class Scales {

    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    private Scales() {}

    /** Where in the stored tensor the scale of an output and a group is. */
    interface Index {
        long of(int output, int group);
    }

    /** @throws EngineException INVALID_MODEL when a scale is NaN or infinite */
    static MemorySegment expand(HostTensor stored, int outputs, int groups, Index index) {
        MemorySegment scales = Arena.ofAuto().allocate((long) outputs * groups * Float.BYTES, 64);
        long at = 0;
        for (int output = 0; output < outputs; output++) {
            for (int group = 0; group < groups; group++, at += Float.BYTES) {
                scales.set(FLOAT, at, finite(stored, index.of(output, group)));
            }
        }
        return scales;
    }

    private static float finite(HostTensor stored, long index) {
        float scale = value(stored, index);
        if (!Float.isFinite(scale)) {
            throw invalid("%s: scale %d is %s; the folder is damaged or was quantised wrongly", stored.name(), index,
                    scale);
        }
        return scale;
    }

    /** An element of a tensor in float32, float16 or bfloat16. */
    static float value(HostTensor stored, long index) {
        return switch (stored.dtype()) {
            case FLOAT32 -> stored.data().get(FLOAT, index * Float.BYTES);
            case FLOAT16 -> Float.float16ToFloat(stored.data().get(SHORT, index * Short.BYTES));
            case BFLOAT16 -> Float.intBitsToFloat(stored.data().get(SHORT, index * Short.BYTES) << 16);
            case FLOAT8_E4M3, INT32, INT8, INT64 -> throw invalid(
                    "%s is stored in %s; expected float32, float16 or bfloat16", stored.name(), stored.dtype());
        };
    }

    /** In e4m3 one code, with either sign, is no number. */
    static void requireNumbers(HostTensor codes) {
        MemorySegment data = codes.data();
        for (long i = 0; i < data.byteSize(); i++) {
            if ((data.get(ValueLayout.JAVA_BYTE, i) & 0x7f) == 0x7f) {
                throw invalid("%s: weight %d is NaN; the folder is damaged", codes.name(), i);
            }
        }
    }

    static EngineException invalid(String format, Object... args) {
        return EngineException.of(EngineException.Code.INVALID_MODEL, format, args);
    }
}
