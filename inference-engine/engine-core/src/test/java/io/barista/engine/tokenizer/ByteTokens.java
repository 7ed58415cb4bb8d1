package io.barista.engine.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;

/** A vocabulary of given byte strings, each written as Latin-1 text: tokens that end wherever a test wants. */
public final class ByteTokens implements Tokenizer {

    private final List<String> tokens;

    public ByteTokens(String... tokens) {
        this.tokens = List.of(tokens);
    }

    @Override
    public int[] encode(String text, boolean addSpecialTokens) {
        return tokens.stream().filter(text::equals).mapToInt(tokens::indexOf).toArray();
    }

    @Override
    public String decode(int[] ids, boolean skipSpecialTokens) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int id : ids) {
            bytes.writeBytes(tokens.get(id).getBytes(StandardCharsets.ISO_8859_1));
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Override
    public int vocabSize() {
        return tokens.size();
    }

    @Override
    public OptionalInt id(String token) {
        return tokens.contains(token) ? OptionalInt.of(tokens.indexOf(token)) : OptionalInt.empty();
    }

    @Override
    public String token(int id) {
        return tokens.get(id);
    }

    @Override
    public byte[] bytes(int id) {
        return tokens.get(id).getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public boolean isSpecial(int id) {
        return false;
    }
}
