package io.barista.config;

/** What a model is for, in the words of vLLM's older {@code task}; auto goes by the model folder. */
public enum ModelTask {
    AUTO, GENERATE, EMBED
}
