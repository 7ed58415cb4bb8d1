package io.barista.config;

/** What is made of a model, in the words of vLLM's {@code convert}. */
public enum ModelConversion {
    AUTO, NONE, EMBED
}
