package io.barista.engine.model;

/** A family's model without its head: it gives hidden states, of which embeddings are made. */
record HeadlessFamily(ModelFamily family) implements ModelFamily {

    @Override
    public DecoderSpec spec(ModelConfig config) {
        return family.spec(config).withHead(DecoderSpec.Head.NONE);
    }
}
