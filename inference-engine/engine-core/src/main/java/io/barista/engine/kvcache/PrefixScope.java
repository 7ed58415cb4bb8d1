package io.barista.engine.kvcache;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What besides its tokens decides what a prompt's keys and values are, or who may know them: only prompts of equal scope share blocks.
 *
 * @param adapter   the adapter that computes them, with its version; null for the base model
 * @param cacheSalt as the request says; null for none
 * @param media     images and the like that stand behind placeholder tokens, by position
 */
public record PrefixScope(@Nullable String adapter, @Nullable String cacheSalt, List<Medium> media) {

    /** A prompt of text alone, for the base model. */
    public static final PrefixScope PLAIN = new PrefixScope(null, null, List.of());

    /**
     * @param hash   of its content
     * @param start  the first of its placeholder tokens
     * @param length how many there are
     */
    public record Medium(String hash, int start, int length) {

        boolean overlaps(int from, int to) {
            return start < to && start + length > from;
        }
    }

    /** Of text. */
    public static PrefixScope ofText(@Nullable String adapter, @Nullable String cacheSalt) {
        return adapter == null && cacheSalt == null ? PLAIN : new PrefixScope(adapter, cacheSalt, List.of());
    }
}
