package io.barista.engine.backend;

import org.jspecify.annotations.Nullable;

/** y = x·Wᵀ + b */
public record Linear(Matrix matrix, @Nullable DeviceBuffer bias) {}
