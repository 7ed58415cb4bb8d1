package io.barista.engine.lora;

import io.barista.engine.backend.HostTensor;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** One value that is no number would spoil every answer of the adapter. */
final class FiniteValues {

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private FiniteValues() {}

    static void require(HostTensor tensor) {
        boolean finite = switch (tensor.dtype()) {
            case FLOAT32 -> ints(tensor, 0x7f800000);
            case FLOAT16 -> shorts(tensor, 0x7c00);
            case BFLOAT16 -> shorts(tensor, 0x7f80);
            case FLOAT8_E4M3, INT32, INT8, INT64 -> throw new IllegalArgumentException(
                    "%s holds %s".formatted(tensor.name(), tensor.dtype()));
        };
        if (!finite) {
            throw AdapterReader.invalid("%s holds a value that is infinite or no number", tensor.name());
        }
    }

    /** Infinities and NaNs have all bits of the exponent set. */
    private static boolean ints(HostTensor tensor, int exponent) {
        boolean finite = true;
        for (long at = 0; at < tensor.data().byteSize(); at += Integer.BYTES) {
            finite &= (tensor.data().get(INT, at) & exponent) != exponent;
        }
        return finite;
    }

    private static boolean shorts(HostTensor tensor, int exponent) {
        boolean finite = true;
        for (long at = 0; at < tensor.data().byteSize(); at += Short.BYTES) {
            finite &= (tensor.data().get(SHORT, at) & exponent) != exponent;
        }
        return finite;
    }
}
