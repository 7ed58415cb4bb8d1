package io.barista.engine.cuda;

/** What our own kernels write of a product's sums. */
enum ProductOutput {

    ELEMENTS(0),

    /** float32, as logits are. */
    FLOATS(1),

    /** Of a gate above an up projection: act(gate) · up, as elements. */
    GATED(2);

    private final int mode;

    ProductOutput(int mode) {
        this.mode = mode;
    }

    static ProductOutput of(boolean floatOut) {
        return floatOut ? FLOATS : ELEMENTS;
    }

    /** Its value of the kernels' argument {@code mode}. */
    int mode() {
        return mode;
    }

    /** Columns that a matrix of so many outputs writes. */
    int columns(int outputs) {
        return this == GATED ? outputs / 2 : outputs;
    }

    /** Bytes from one row to the next. */
    long rowBytes(int outputs, Element element) {
        return (long) columns(outputs) * (this == FLOATS ? Float.BYTES : element.bytes());
    }
}
