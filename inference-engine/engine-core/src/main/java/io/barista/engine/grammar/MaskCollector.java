package io.barista.engine.grammar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Gathers what a state allows while the vocabulary is walked. Reused from state to state; one thread at a time. */
final class MaskCollector {

    private final TokenVocabulary vocabulary;
    private final TokenTrie trie;
    private final long[] bits;
    private final List<TokenTrie.Entry> beyond = new ArrayList<>();

    MaskCollector(TokenVocabulary vocabulary) {
        this.vocabulary = vocabulary;
        this.trie = vocabulary.trie();
        this.bits = new long[vocabulary.words()];
    }

    /** The tokens of this node are allowed. */
    void allow(int node) {
        for (int i = trie.firstToken(node); i < trie.lastToken(node); i++) {
            int token = trie.token(i);
            bits[token >> 6] |= 1L << token;
        }
    }

    /** The rule may end at this node: what is below it goes on beyond. */
    void endsAt(int node) {
        for (int i = trie.lastToken(node); i < trie.firstToken(trie.end(node)); i++) {
            int token = trie.token(i);
            beyond.add(new TokenTrie.Entry(vocabulary.bytes(token), trie.depth(node), token));
        }
    }

    StateMask take() {
        beyond.removeIf(entry -> (bits[entry.token() >> 6] & 1L << entry.token()) != 0);
        TokenTrie rest = beyond.isEmpty() ? null : new TokenTrie(beyond);
        beyond.clear();
        int count = 0;
        for (long word : bits) {
            count += Long.bitCount(word);
        }
        // an id is half as long as a word of the mask
        StateMask mask = count > bits.length * 2
                ? new StateMask(null, bits.clone(), rest)
                : new StateMask(ids(count), null, rest);
        Arrays.fill(bits, 0);
        return mask;
    }

    private int[] ids(int count) {
        int[] ids = new int[count];
        int size = 0;
        for (int i = 0; i < bits.length; i++) {
            for (long word = bits[i]; word != 0; word &= word - 1) {
                ids[size++] = i * 64 + Long.numberOfTrailingZeros(word);
            }
        }
        return ids;
    }
}
