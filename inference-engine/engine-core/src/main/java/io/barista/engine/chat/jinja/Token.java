package io.barista.engine.chat.jinja;

/**
 * A piece of template source.
 *
 * @param text what it says: text as it is to be written, the decoded string, the name, the digits, the operator
 */
record Token(Kind kind, String text, int line) {

    enum Kind {
        DATA,
        PRINT_BEGIN,
        PRINT_END,
        BLOCK_BEGIN,
        BLOCK_END,
        NAME,
        STRING,
        INTEGER,
        FLOAT,
        OPERATOR,
        END
    }

    boolean isOperator(String operator) {
        return kind == Kind.OPERATOR && text.equals(operator);
    }

    boolean isName(String name) {
        return kind == Kind.NAME && text.equals(name);
    }

    /** For messages. */
    String describe() {
        return switch (kind) {
            case END -> "end of template";
            case PRINT_END -> "}}";
            case BLOCK_END -> "%}";
            case PRINT_BEGIN -> "{{";
            case BLOCK_BEGIN -> "{%";
            case DATA -> "template text";
            case NAME, STRING, INTEGER, FLOAT, OPERATOR -> "'" + text + "'";
        };
    }
}
