package io.barista.engine.grammar;

import io.barista.engine.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/** The bytes of every token that may stand in a text, as an array and as a tree. Special tokens are not text. Immutable. */
final class TokenVocabulary {

    private static final byte[] NO_BYTES = new byte[0];

    private final byte[][] bytes;
    private final TokenTrie trie;
    private final int words;

    /** @param size of the model's logits; ids beyond the tokenizer's stand for nothing */
    TokenVocabulary(Tokenizer tokenizer, int size) {
        this.bytes = new byte[size][];
        this.words = (size + 63) / 64;
        List<TokenTrie.Entry> entries = new ArrayList<>(size);
        for (int id = 0; id < size; id++) {
            boolean text = id < tokenizer.vocabSize() && !tokenizer.isSpecial(id);
            bytes[id] = text ? tokenizer.bytes(id) : NO_BYTES;
            if (bytes[id].length > 0) {
                entries.add(new TokenTrie.Entry(bytes[id], 0, id));
            }
        }
        this.trie = new TokenTrie(entries);
    }

    /** Empty for a token that is no text; not to be changed. */
    byte[] bytes(int token) {
        return bytes[token];
    }

    TokenTrie trie() {
        return trie;
    }

    /** Longs of a mask with a bit for each token. */
    int words() {
        return words;
    }
}
