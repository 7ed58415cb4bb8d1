package io.barista.engine.grammar.syntax;

/** A grammar, pattern or schema that cannot be enforced. The message says what and why, and is fit for the client. */
public final class GrammarException extends RuntimeException {

    public GrammarException(String message) {
        super(message);
    }

    public static GrammarException of(String format, Object... args) {
        return new GrammarException(format.formatted(args));
    }
}
