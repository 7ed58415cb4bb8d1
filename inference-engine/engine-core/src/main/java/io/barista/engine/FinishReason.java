package io.barista.engine;

/** Why a sample ended. */
public enum FinishReason {

    /** An end token, a stop token or a stop string. */
    STOP,

    /** {@code max_tokens} or the model's context length. */
    LENGTH,

    /** The client went away or asked for it. */
    ABORT
}
