package io.barista.config;

/** What a model runs on once {@link BackendChoice} is resolved. */
public enum BackendKind {
    CPU, CUDA
}
