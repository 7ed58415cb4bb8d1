package io.barista.config;

/** The {@code dtype} knob: what weights and activations are computed in; {@code auto} is left to model and backend. */
public enum DtypeChoice {
    AUTO, FLOAT32, FLOAT16, BFLOAT16
}
