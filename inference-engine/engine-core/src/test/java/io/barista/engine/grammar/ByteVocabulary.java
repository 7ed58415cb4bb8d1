package io.barista.engine.grammar;

import io.barista.engine.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Every byte as a token, some longer tokens, and the special token {@link #END}. */
final class ByteVocabulary implements Tokenizer {

    static final int END = 256;

    private final List<byte[]> tokens = new ArrayList<>();
    private final List<String> texts;

    ByteVocabulary(String... longer) {
        for (int value = 0; value < 256; value++) {
            tokens.add(new byte[]{(byte) value});
        }
        tokens.add("<end>".getBytes(StandardCharsets.UTF_8));
        this.texts = List.of(longer);
        texts.forEach(text -> tokens.add(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public int[] encode(String text, boolean addSpecialTokens) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[bytes.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = bytes[i] & 0xFF;
        }
        return ids;
    }

    @Override
    public String decode(int[] ids, boolean skipSpecialTokens) {
        throw new UnsupportedOperationException("not needed");
    }

    @Override
    public int vocabSize() {
        return tokens.size();
    }

    @Override
    public OptionalInt id(String token) {
        int index = texts.indexOf(token);
        return index < 0 ? OptionalInt.empty() : OptionalInt.of(END + 1 + index);
    }

    @Override
    public String token(int id) {
        return new String(tokens.get(id), StandardCharsets.UTF_8);
    }

    @Override
    public byte[] bytes(int id) {
        return tokens.get(id);
    }

    @Override
    public boolean isSpecial(int id) {
        return id == END;
    }
}
