package io.barista.engine.backend;

/** A model needs something that a backend cannot do. Thrown while the model is loaded; another backend may be able to. */
public final class UnsupportedOnBackend extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** @param backend its name */
    public UnsupportedOnBackend(String backend, String what) {
        super("the model needs %s, which the %s backend does not have".formatted(what, backend));
    }
}
