package io.barista.engine.model;

/**
 * How the hidden states of a sequence become one embedding.
 *
 * @param normalised whether it is brought to length 1
 */
public record Pooling(Kind kind, boolean normalised) {

    /** Which hidden states count. */
    public enum Kind {
        /** The last token's, which has seen all others. */
        LAST_TOKEN,
        /** The mean of all. */
        MEAN,
        /** The first token's. */
        FIRST_TOKEN
    }

    /** What embedding models of decoders do unless their folder says otherwise. */
    public static final Pooling USUAL = new Pooling(Kind.LAST_TOKEN, true);
}
