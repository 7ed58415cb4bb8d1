package io.barista.engine.grammar;

import org.jspecify.annotations.Nullable;

/**
 * What one state of the automaton allows next, by itself: tokens that stay within its rule, and tokens that go on after the rule's end,
 * which only the text so far can judge. Immutable.
 *
 * @param allowed ids of the tokens within the rule, when they are few; else null
 * @param bits    a bit for each token within the rule, when they are many; else null
 * @param beyond  the parts of tokens that follow the rule's end; null when there are none
 */
record StateMask(int @Nullable [] allowed, long @Nullable [] bits, @Nullable TokenTrie beyond) {

    void addTo(long[] mask) {
        if (bits != null) {
            for (int i = 0; i < bits.length; i++) {
                mask[i] |= bits[i];
            }
        }
        if (allowed != null) {
            for (int token : allowed) {
                mask[token >> 6] |= 1L << token;
            }
        }
    }
}
