package io.barista.engine.chat.jinja;

import io.barista.engine.chat.jinja.Token.Kind;
import java.util.List;

/** The tokens of a template, one after the other, and how deep the parser stands. */
final class TokenStream {

    /** Keeps a hostile source from exhausting the stack of the parser. */
    private static final int DEEPEST = 150;

    private final List<Token> tokens;
    private int position;
    private int depth;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(position);
    }

    Token following() {
        return tokens.get(Math.min(position + 1, tokens.size() - 1));
    }

    Token next() {
        Token token = current();
        if (token.kind() != Kind.END) {
            position++;
        }
        return token;
    }

    boolean at(Kind kind) {
        return current().kind() == kind;
    }

    boolean atOperator(String operator) {
        return current().isOperator(operator);
    }

    boolean atName(String name) {
        return current().isName(name);
    }

    boolean skipOperator(String operator) {
        boolean there = atOperator(operator);
        if (there) {
            next();
        }
        return there;
    }

    boolean skipName(String name) {
        boolean there = atName(name);
        if (there) {
            next();
        }
        return there;
    }

    Token expect(Kind kind, String what) {
        if (!at(kind)) {
            throw unexpected(what);
        }
        return next();
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw unexpected("'" + operator + "'");
        }
    }

    void expectName(String name) {
        if (!skipName(name)) {
            throw unexpected("'" + name + "'");
        }
    }

    JinjaException unexpected(String expected) {
        return JinjaException.syntax(current().line(), "expected %s, got %s", expected, current().describe());
    }

    void enter() {
        if (++depth > DEEPEST) {
            throw JinjaException.syntax(current().line(), "the template nests deeper than %d levels", DEEPEST);
        }
    }

    void leave() {
        depth--;
    }
}
