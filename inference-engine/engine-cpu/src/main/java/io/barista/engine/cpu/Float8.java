package io.barista.engine.cpu;

/** e4m3 without infinities: a sign, 4 bits of exponent with bias 7, 3 of mantissa; all ones is NaN. */
final class Float8 {

    /** From an exponent of bias 7 to one of bias 127; subnormals come right too. */
    static final float REBIAS = 0x1p120f;

    private Float8() {}

    static float toFloat(byte code) {
        if ((code & 0x7f) == 0x7f) {
            return Float.NaN;
        }
        return Float.intBitsToFloat((code & 0x80) << 24 | (code & 0x7f) << 20) * REBIAS;
    }
}
