package io.barista.engine.backend;

/**
 * The projection from latents to keys and values, packed by a backend. Whether it expands latents or is multiplied into queries and
 * results instead (which reads far less per token) is the backend's choice.
 */
public interface LatentMatrix {

    String name();

    LatentAttentionSpec spec();
}
