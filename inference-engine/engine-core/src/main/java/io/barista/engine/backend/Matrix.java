package io.barista.engine.backend;

/** A weight matrix packed by a backend for its own kernels. Multiplying maps [tokens, inputs] to [tokens, outputs]. */
public interface Matrix {

    String name();

    int outputs();

    int inputs();
}
