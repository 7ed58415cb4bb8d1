package io.barista.engine.tokenizer;

import java.util.OptionalInt;

/** A tokenizer that counts the ids it is asked to decode. */
final class CountingTokenizer implements Tokenizer {

    private final Tokenizer tokenizer;

    long decoded;
    int largest;

    CountingTokenizer(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    @Override
    public String decode(int[] ids, boolean skipSpecialTokens) {
        decoded += ids.length;
        largest = Math.max(largest, ids.length);
        return tokenizer.decode(ids, skipSpecialTokens);
    }

    @Override
    public int[] encode(String text, boolean addSpecialTokens) {
        return tokenizer.encode(text, addSpecialTokens);
    }

    @Override
    public int vocabSize() {
        return tokenizer.vocabSize();
    }

    @Override
    public OptionalInt id(String token) {
        return tokenizer.id(token);
    }

    @Override
    public String token(int id) {
        return tokenizer.token(id);
    }

    @Override
    public byte[] bytes(int id) {
        return tokenizer.bytes(id);
    }

    @Override
    public boolean isSpecial(int id) {
        return tokenizer.isSpecial(id);
    }
}
