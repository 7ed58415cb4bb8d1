package io.barista.engine.tokenizer;

import java.util.OptionalInt;

/** Text to ids and back. Thread-safe. */
public interface Tokenizer {

    int[] encode(String text, boolean addSpecialTokens);

    String decode(int[] ids, boolean skipSpecialTokens);

    /** Ids go from 0 up to this; the model's vocabulary may be larger. */
    int vocabSize();

    /** The id of a token as written in the vocabulary. */
    OptionalInt id(String token);

    /** The token as written in the vocabulary; empty for an id without one. */
    String token(int id);

    /** The bytes of text that the token stands for, in the middle of a text; empty for an id without a token. */
    byte[] bytes(int id);

    boolean isSpecial(int id);
}
