package io.barista.config;

/**
 * What is served, and where its files are.
 *
 * @param modelId what clients send; a {@code :} neither begins nor ends it, for that parts a model from its adapter
 */
public record ModelLoadingConfig(String modelId, ModelSource source) {}
