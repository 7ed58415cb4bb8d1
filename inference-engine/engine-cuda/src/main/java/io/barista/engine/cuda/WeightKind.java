package io.barista.engine.cuda;

import io.barista.engine.backend.Weight;

/** How weights lie on the device. */
enum WeightKind {

    /** Elements of the activations' type. */
    DENSE(0),

    /** Eight codes to a word. */
    INT4(4),

    INT8(8),

    /** e4m3. */
    FP8(9);

    private final int macro;

    WeightKind(int macro) {
        this.macro = macro;
    }

    static WeightKind of(Weight weight) {
        return switch (weight) {
            case Weight.Dense _ -> DENSE;
            case Weight.Int4 _ -> INT4;
            case Weight.Int8 _ -> INT8;
            case Weight.Fp8 _ -> FP8;
        };
    }

    /** Its value of the kernels' macro WEIGHT. */
    int macro() {
        return macro;
    }

    /** Bytes from one output's weights to the next one's. */
    long rowBytes(int inputs, Element element) {
        return switch (this) {
            case DENSE -> (long) inputs * element.bytes();
            case INT4 -> Weight.Int4.rowBytes(inputs);
            case INT8, FP8 -> inputs;
        };
    }

    /** Inputs that fill the 16 bytes which kernels read at a time. */
    int inputsPerRead(Element element) {
        return switch (this) {
            case DENSE -> 16 / element.bytes();
            case INT4 -> 32;
            case INT8, FP8 -> 16;
        };
    }
}
