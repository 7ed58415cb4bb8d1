package io.barista.config;

/** What a model is for, in the words of vLLM's {@code runner}; auto goes by the model folder. */
public enum ModelRunner {
    AUTO, GENERATE, POOLING
}
