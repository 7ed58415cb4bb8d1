package io.barista.engine.backend;

/** Room for one step of latent attention; of a backend's own layout and shared by all layers alike. */
public interface LatentWorkspace {

    LatentAttentionSpec spec();

    int maxRows();
}
