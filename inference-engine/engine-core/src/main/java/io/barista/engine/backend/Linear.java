package io.barista.engine.backend;

import org.jspecify.annotations.Nullable;

/**
 * y = x·Wᵀ + b, and what the step's adapters add.
 *
 * @param adapters null where adapters cannot add
 */
public record Linear(Matrix matrix, @Nullable DeviceBuffer bias, @Nullable AdapterMatrix adapters) {

    /** Without room for adapters. */
    public Linear(Matrix matrix, @Nullable DeviceBuffer bias) {
        this(matrix, bias, null);
    }
}
