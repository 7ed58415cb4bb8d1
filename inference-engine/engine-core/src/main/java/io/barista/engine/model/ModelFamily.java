package io.barista.engine.model;

/** Maps a family's config.json to what the decoder must do. Options that it cannot express are errors, never ignored. */
@FunctionalInterface
interface ModelFamily {

    DecoderSpec spec(ModelConfig config);
}
