package io.barista.engine.chat.jinja;

import io.barista.engine.chat.jinja.Expression.CallArguments;
import io.barista.engine.chat.jinja.Token.Kind;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what operators stand between: names, literals, brackets, and the attributes, indexes and calls behind them. */
final class OperandParser {

    private final TokenStream tokens;
    private final ExpressionParser expressions;

    /** All names read since the set was last taken. */
    private Set<String> names = new HashSet<>();

    OperandParser(TokenStream tokens, ExpressionParser expressions) {
        this.tokens = tokens;
        this.expressions = expressions;
    }

    /** Starts to collect the names of variables anew, and returns those collected before. */
    Set<String> collectNames(Set<String> start) {
        Set<String> before = names;
        names = start;
        return before;
    }

    Expression parsePrimary() {
        Token token = tokens.current();
        return switch (token.kind()) {
            case NAME -> nameOrConstant(tokens.next().text());
            case STRING -> {
                StringBuilder text = new StringBuilder();
                while (tokens.at(Kind.STRING)) {
                    text.append(tokens.next().text());
                }
                yield literal(new Value.Text(text.toString()));
            }
            case INTEGER -> literal(new Value.Int(integer(tokens.next().text())));
            case FLOAT -> literal(new Value.Real(Double.parseDouble(tokens.next().text())));
            case OPERATOR -> parseBracketed(token);
            case DATA, PRINT_BEGIN, PRINT_END, BLOCK_BEGIN, BLOCK_END, END -> throw tokens.unexpected("an expression");
        };
    }

    private Expression parseBracketed(Token token) {
        return switch (token.text()) {
            case "(" -> parseParenthesised();
            case "[" -> {
                tokens.next();
                yield new Expression.ListLiteral(parseItems("]"));
            }
            case "{" -> parseDict();
            default -> throw tokens.unexpected("an expression");
        };
    }

    private Expression nameOrConstant(String name) {
        return switch (name) {
            case "true", "True" -> literal(Value.Bool.TRUE);
            case "false", "False" -> literal(Value.Bool.FALSE);
            case "none", "None" -> literal(Value.None.NONE);
            default -> {
                names.add(name);
                yield new Expression.Name(name);
            }
        };
    }

    private Expression parseParenthesised() {
        tokens.next();
        if (tokens.skipOperator(")")) {
            return new Expression.TupleLiteral(List.of());
        }
        Expression inside = expressions.parseTuple(true);
        tokens.expectOperator(")");
        return inside;
    }

    private List<Expression> parseItems(String end) {
        List<Expression> items = new ArrayList<>();
        while (!tokens.skipOperator(end)) {
            items.add(expressions.parse());
            if (!tokens.atOperator(end)) {
                tokens.expectOperator(",");
            }
        }
        return items;
    }

    private Expression parseDict() {
        tokens.next();
        List<Expression.Entry> entries = new ArrayList<>();
        while (!tokens.skipOperator("}")) {
            Expression key = expressions.parse();
            tokens.expectOperator(":");
            entries.add(new Expression.Entry(key, expressions.parse()));
            if (!tokens.atOperator("}")) {
                tokens.expectOperator(",");
            }
        }
        return new Expression.DictLiteral(entries);
    }

    Expression parsePostfix(Expression start) {
        Expression expression = start;
        while (true) {
            if (tokens.skipOperator(".")) {
                expression = parseAttribute(expression);
            } else if (tokens.skipOperator("[")) {
                expression = new Expression.Item(expression, parseIndex());
            } else if (tokens.atOperator("(")) {
                expression = new Expression.Call(expression, parseArguments());
            } else {
                return expression;
            }
        }
    }

    private Expression parseAttribute(Expression target) {
        if (tokens.at(Kind.INTEGER)) {
            return new Expression.Item(target, literal(new Value.Int(integer(tokens.next().text()))));
        }
        return new Expression.Attribute(target, tokens.expect(Kind.NAME, "a name or number after '.'").text());
    }

    private Expression parseIndex() {
        Expression first = parseSubscript();
        if (tokens.skipOperator("]")) {
            return first;
        }
        List<Expression> items = new ArrayList<>(List.of(first));
        while (tokens.skipOperator(",")) {
            items.add(parseSubscript());
        }
        tokens.expectOperator("]");
        return new Expression.TupleLiteral(items);
    }

    private Expression parseSubscript() {
        Expression start = tokens.atOperator(":") ? null : expressions.parse();
        if (!tokens.skipOperator(":")) {
            if (start == null) {
                throw tokens.unexpected("an index");
            }
            return start;
        }
        Expression stop = parseBound();
        Expression step = tokens.skipOperator(":") ? parseBound() : null;
        return new Expression.Slice(start, stop, step);
    }

    private @Nullable Expression parseBound() {
        return tokens.atOperator(":") || tokens.atOperator("]") || tokens.atOperator(",") ? null : expressions.parse();
    }

    CallArguments parseArguments() {
        tokens.expectOperator("(");
        List<Expression> positional = new ArrayList<>();
        List<Expression.Named> named = new ArrayList<>();
        Expression spread = null;
        Expression namedSpread = null;
        while (!tokens.skipOperator(")")) {
            boolean ordered = namedSpread == null;
            if (tokens.skipOperator("**")) {
                namedSpread = expressions.parse();
            } else if (tokens.skipOperator("*")) {
                ordered = ordered && spread == null;
                spread = expressions.parse();
            } else if (tokens.at(Kind.NAME) && tokens.following().isOperator("=")) {
                String name = tokens.next().text();
                tokens.next();
                named.add(new Expression.Named(name, expressions.parse()));
            } else {
                ordered = ordered && spread == null && named.isEmpty();
                positional.add(expressions.parse());
            }
            if (!ordered) {
                throw JinjaException.syntax(tokens.current().line(), "arguments of a call in the wrong order");
            }
            if (!tokens.atOperator(")")) {
                tokens.expectOperator(",");
            }
        }
        return new CallArguments(positional, named, spread, namedSpread);
    }

    private static Expression literal(Value value) {
        return new Expression.Literal(value);
    }

    private static BigInteger integer(String digits) {
        String lower = digits.toLowerCase(Locale.ROOT);
        if (lower.startsWith("0x")) {
            return new BigInteger(lower.substring(2), 16);
        }
        if (lower.startsWith("0o")) {
            return new BigInteger(lower.substring(2), 8);
        }
        return lower.startsWith("0b") ? new BigInteger(lower.substring(2), 2) : new BigInteger(lower);
    }
}
