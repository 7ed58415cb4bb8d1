package io.barista.engine.chat.jinja;

/** A template that cannot be compiled or rendered. The message is meant for whoever wrote the template or the request. */
public final class JinjaException extends RuntimeException {

    /** Why. */
    public enum Kind {

        /** The source is no template. */
        SYNTAX,

        /** The template refused its input with {@code raise_exception}; the message is the template's own. */
        REFUSED,

        /** The template tripped over its input, as Python would: wrong types, undefined values, access that the sandbox denies. */
        RUNTIME,

        /** The template asked for more steps, depth or text than allowed. */
        LIMIT
    }

    private final Kind kind;
    private final String message;

    JinjaException(Kind kind, String message) {
        super(message);
        this.kind = kind;
        this.message = message;
    }

    static JinjaException syntax(int line, String format, Object... arguments) {
        return new JinjaException(Kind.SYNTAX, "line " + line + ": " + format.formatted(arguments));
    }

    static JinjaException runtime(String format, Object... arguments) {
        return new JinjaException(Kind.RUNTIME, arguments.length == 0 ? format : format.formatted(arguments));
    }

    static JinjaException limit(String format, Object... arguments) {
        return new JinjaException(Kind.LIMIT, format.formatted(arguments));
    }

    @Override
    public String getMessage() {
        return message;
    }

    public Kind kind() {
        return kind;
    }
}
