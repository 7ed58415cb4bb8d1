package io.barista.engine.sampling;

import io.barista.engine.EngineException;
import io.barista.engine.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/** Texts that must not come, as the token sequences that would write them; by vLLM's rules. */
final class BadWords {

    private BadWords() {}

    /**
     * Each word as it stands, and with a space before it where that makes as many tokens and another first one.
     *
     * @throws EngineException INVALID_PARAMETER for a word without tokens
     */
    static int[][] tokenized(List<String> words, Tokenizer tokenizer) {
        List<int[]> sequences = new ArrayList<>();
        for (String word : words) {
            String bare = word.stripLeading();
            int[] plain = tokenizer.encode(bare, false);
            if (plain.length == 0) {
                throw EngineException.invalid("bad_words", "bad_words: \"%s\" has no tokens", word);
            }
            sequences.add(plain);
            int[] spaced = tokenizer.encode(" " + bare, false);
            if (spaced.length == plain.length && spaced[0] != plain[0]) {
                sequences.add(spaced);
            }
        }
        return sequences.toArray(int[][]::new);
    }

    /** Whether the output ends with all of the word but its last token. */
    static boolean wouldComplete(int[] word, int[] tokens, int promptLength, int length) {
        int prefix = word.length - 1;
        if (prefix > length - promptLength) {
            return false;
        }
        for (int i = 0; i < prefix; i++) {
            if (tokens[length - prefix + i] != word[i]) {
                return false;
            }
        }
        return true;
    }
}
