package io.barista.engine;

/** What kind of tokens a step computes. */
public enum StepPhase {

    /** Of prompts alone, or of answers that are computed anew. */
    PREFILL,

    /** One of each answer. */
    DECODE,

    /** Of both. */
    MIXED
}
