package io.barista.engine.backend;

/** The experts that a router chose, and room to compute them; of a backend's own layout and shared by all layers alike. */
public interface MixtureWorkspace {

    MixtureSpec spec();

    int maxRows();
}
