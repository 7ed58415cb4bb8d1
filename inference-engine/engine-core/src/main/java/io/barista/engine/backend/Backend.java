package io.barista.engine.backend;

import java.util.Optional;

/** A kind of device that may be able to run a model. Passed to the engine by whoever composes it; nothing is looked up by name. */
public interface Backend {

    /** As in the {@code backend} option: {@code cpu}, {@code cuda}. */
    String name();

    /** Why this backend cannot run here, in words for the log and for the user; empty when it can. */
    Optional<String> refusal();

    /** Opens the device on the calling thread, which must be the one that uses it. */
    TensorOps open(Options options);

    /**
     * @param threads           CPU threads to use; 0 lets the backend choose
     * @param compute           what activations are computed in
     * @param memoryUtilization part of a device's own memory that may be used, above 0 and up to 1
     * @param kvCache           what the KV cache holds: {@code compute}, or FLOAT8_E4M3 where a backend can
     * @param eager             launches every operation by itself, even where the device could replay recorded steps
     */
    record Options(int threads, DType compute, DType kvCache, double memoryUtilization, boolean eager) {

        /** With what the others are by default. */
        public Options(int threads, DType compute) {
            this(threads, compute, compute, 0.92, false);
        }
    }
}
