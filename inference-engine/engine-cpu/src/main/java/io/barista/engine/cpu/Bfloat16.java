package io.barista.engine.cpu;

/** The upper half of a float32. */
final class Bfloat16 {

    private Bfloat16() {}

    static float toFloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    static short fromFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40); // stays a NaN even if its payload was in the lower half
        }
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16); // to nearest, ties to even
    }

    static float round(float value) {
        return toFloat(fromFloat(value));
    }

    static void round(float[] values, int from, int to) {
        for (int i = from; i < to; i++) {
            values[i] = round(values[i]);
        }
    }
}
