package io.barista.config;

/** The {@code backend} knob: {@code auto} takes the best that works here and logs why a better one was refused. */
public enum BackendChoice {
    AUTO, CPU, CUDA
}
