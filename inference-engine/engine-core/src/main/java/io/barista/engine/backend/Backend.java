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
     * @param threads     CPU threads to use; 0 lets the backend choose
     * @param compute     what activations are computed in
     */
    record Options(int threads, DType compute) {}
}
