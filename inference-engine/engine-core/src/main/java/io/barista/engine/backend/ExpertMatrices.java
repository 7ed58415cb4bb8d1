package io.barista.engine.backend;

/** One weight matrix for each expert, all of one shape, packed by a backend for {@link TensorOps#experts}. */
public interface ExpertMatrices {

    String name();

    int experts();

    /** Of each expert. */
    int outputs();

    /** Of each expert. */
    int inputs();
}
