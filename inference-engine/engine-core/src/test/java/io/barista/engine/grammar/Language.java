package io.barista.engine.grammar;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Asks a grammar whether a text belongs to it, byte by byte and by its masks. */
final class Language {

    private static final ByteVocabulary VOCABULARY = new ByteVocabulary();

    private final CompiledGrammar grammar;

    Language(StructuredOutput output) {
        this.grammar = new GrammarCompiler(VOCABULARY, VOCABULARY.vocabSize(), List.of(ByteVocabulary.END))
                .compile(output);
    }

    static Language regex(String pattern) {
        return new Language(new StructuredOutput.Regex(pattern));
    }

    static Language ebnf(String text) {
        return new Language(new StructuredOutput.Ebnf(text));
    }

    static Language schema(String schema) {
        return new Language(new StructuredOutput.JsonSchema(schema, Whitespace.FLEXIBLE));
    }

    boolean has(String text) {
        GrammarMatcher matcher = grammar.newMatcher();
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            long[] mask = new long[grammar.maskWords()];
            matcher.addAllowed(mask);
            int token = value & 0xFF;
            boolean masked = (mask[token >> 6] & 1L << token) == 0;
            if (matcher.accept(token) == masked) {
                throw new AssertionError("mask and automaton disagree about byte %d of <%s>".formatted(token, text));
            }
            if (masked) {
                return false;
            }
        }
        return matcher.mayEnd();
    }
}
