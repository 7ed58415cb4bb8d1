package io.barista.engine.backend;

/** The gate's non-linearity in a gated MLP. */
public enum Activation {

    /** x·sigmoid(x) */
    SILU,

    /** The exact GELU, x·Φ(x). */
    GELU,

    /** GELU by tanh, as Gemma uses it. */
    GELU_TANH
}
