package io.barista.engine.tokenizer;

import io.barista.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;

/** The tokenizer of a Hugging Face folder, run by Hugging Face's own Rust library. Never touches the network. */
public final class HuggingFaceTokenizer implements Tokenizer {

    private static final String FILE = "tokenizer.json";

    private final NativeTokenizer tokenizer;
    private final Vocabulary vocabulary;

    private HuggingFaceTokenizer(NativeTokenizer tokenizer, Vocabulary vocabulary) {
        this.tokenizer = tokenizer;
        this.vocabulary = vocabulary;
    }

    /**
     * Reads {@code tokenizer.json} of a model folder.
     *
     * @throws EngineException INVALID_MODEL when the file is absent, unreadable or no tokenizer; INVALID_CONFIG when this machine
     *                         cannot load the native library
     */
    public static HuggingFaceTokenizer load(Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw EngineException.of(EngineException.Code.INVALID_MODEL,
                    "%s has no %s: expected a Hugging Face folder with a fast tokenizer", folder, FILE);
        }
        try {
            return parse(Files.readString(file));
        } catch (IOException | IllegalArgumentException failure) {
            throw new EngineException(EngineException.Code.INVALID_MODEL,
                    "%s cannot be read: %s".formatted(file, failure.getMessage()), null, failure);
        }
    }

    /** @throws IllegalArgumentException when the text is no tokenizer.json, with the reason */
    static HuggingFaceTokenizer parse(String tokenizerJson) {
        try {
            return new HuggingFaceTokenizer(new NativeTokenizer(tokenizerJson), Vocabulary.parse(tokenizerJson));
        } catch (EngineException unavailable) {
            throw unavailable;
        } catch (RuntimeException unreadable) {
            throw new IllegalArgumentException(unreadable.getMessage(), unreadable);
        }
    }

    @Override
    public int[] encode(String text, boolean addSpecialTokens) {
        long[] ids = tokenizer.encode(withoutLoneSurrogates(text), addSpecialTokens);
        return Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
    }

    @Override
    public String decode(int[] ids, boolean skipSpecialTokens) {
        return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), skipSpecialTokens);
    }

    @Override
    public int vocabSize() {
        return vocabulary.size();
    }

    @Override
    public OptionalInt id(String token) {
        return vocabulary.id(token);
    }

    @Override
    public String token(int id) {
        return vocabulary.token(id);
    }

    @Override
    public byte[] bytes(int id) {
        return vocabulary.bytes(id);
    }

    @Override
    public boolean isSpecial(int id) {
        return vocabulary.isSpecial(id);
    }

    /** A lone surrogate is no character and has no UTF-8: it becomes one replacement character, as in any UTF-8 encoder. */
    private static String withoutLoneSurrogates(String text) {
        if (text.chars().noneMatch(unit -> Character.isSurrogate((char) unit))) {
            return text;
        }
        return text.codePoints()
                .map(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE ? 0xFFFD : point)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
