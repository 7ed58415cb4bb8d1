package io.barista.engine.chat.jinja;

import io.barista.engine.chat.jinja.Expression.ArithmeticOperator;
import io.barista.engine.chat.jinja.Expression.CallArguments;
import io.barista.engine.chat.jinja.Expression.Comparand;
import io.barista.engine.chat.jinja.Expression.ComparisonOperator;
import io.barista.engine.chat.jinja.Token.Kind;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads expressions with Jinja's precedence: conditional, or, and, not, comparison, sum, {@code ~}, product, power, sign, filter. */
final class ExpressionParser {

    private static final Map<String, ComparisonOperator> COMPARISONS = Map.of("==", ComparisonOperator.EQUAL, "!=",
            ComparisonOperator.NOT_EQUAL, "<", ComparisonOperator.LESS, "<=", ComparisonOperator.LESS_OR_EQUAL, ">",
            ComparisonOperator.GREATER, ">=", ComparisonOperator.GREATER_OR_EQUAL);
    private static final Map<String, ArithmeticOperator> SUMS = Map.of("+", ArithmeticOperator.ADD, "-",
            ArithmeticOperator.SUBTRACT);
    private static final Map<String, ArithmeticOperator> PRODUCTS = Map.of("*", ArithmeticOperator.MULTIPLY, "/",
            ArithmeticOperator.DIVIDE, "//", ArithmeticOperator.FLOOR_DIVIDE, "%", ArithmeticOperator.MODULO);

    private static final Map<String, ArithmeticOperator> POWERS = Map.of("**", ArithmeticOperator.POWER);

    private final TokenStream tokens;

    /** All names read since the set was last taken. */
    private Set<String> names = new HashSet<>();

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
    }

    /** Starts to collect the names of variables anew, and returns those collected before. */
    Set<String> collectNames(Set<String> start) {
        Set<String> before = names;
        names = start;
        return before;
    }

    Expression parse() {
        tokens.enter();
        Expression expression = parseOr();
        while (tokens.skipName("if")) {
            Expression test = parseOr();
            Expression otherwise = tokens.skipName("else") ? parse() : null;
            expression = new Expression.Conditional(test, expression, otherwise);
        }
        tokens.leave();
        return expression;
    }

    /** One expression, or several with commas between as a tuple. */
    Expression parseTuple(boolean conditional) {
        Expression first = conditional ? parse() : parseOr();
        if (!tokens.atOperator(",")) {
            return first;
        }
        List<Expression> items = new ArrayList<>(List.of(first));
        while (tokens.skipOperator(",") && !atTupleEnd()) {
            items.add(conditional ? parse() : parseOr());
        }
        return new Expression.TupleLiteral(items);
    }

    private boolean atTupleEnd() {
        return tokens.at(Kind.PRINT_END) || tokens.at(Kind.BLOCK_END) || tokens.atOperator(")")
                || tokens.atName("recursive");
    }

    private Expression parseOr() {
        Expression left = parseAnd();
        while (tokens.skipName("or")) {
            left = new Expression.Or(left, parseAnd());
        }
        return left;
    }

    private Expression parseAnd() {
        Expression left = parseNot();
        while (tokens.skipName("and")) {
            left = new Expression.And(left, parseNot());
        }
        return left;
    }

    private Expression parseNot() {
        if (!tokens.skipName("not")) {
            return parseComparison();
        }
        tokens.enter();
        Expression negated = new Expression.Not(parseNot());
        tokens.leave();
        return negated;
    }

    private Expression parseComparison() {
        Expression first = parseSum();
        List<Comparand> rest = new ArrayList<>();
        for (Optional<ComparisonOperator> operator = comparison(); operator.isPresent(); operator = comparison()) {
            rest.add(new Comparand(operator.get(), parseSum()));
        }
        return rest.isEmpty() ? first : new Expression.Comparison(first, rest);
    }

    /** The operator at hand, skipped; empty if there is none. */
    private Optional<ComparisonOperator> comparison() {
        Optional<ComparisonOperator> symbol = operator(COMPARISONS);
        if (symbol.isPresent()) {
            return symbol;
        }
        if (tokens.skipName("in")) {
            return Optional.of(ComparisonOperator.IN);
        }
        if (tokens.atName("not") && tokens.following().isName("in")) {
            tokens.next();
            tokens.next();
            return Optional.of(ComparisonOperator.NOT_IN);
        }
        return Optional.empty();
    }

    private Expression parseSum() {
        return parseArithmetic(SUMS, this::parseConcatenation);
    }

    private Expression parseConcatenation() {
        Expression first = parseProduct();
        if (!tokens.atOperator("~")) {
            return first;
        }
        List<Expression> parts = new ArrayList<>(List.of(first));
        while (tokens.skipOperator("~")) {
            parts.add(parseProduct());
        }
        return new Expression.Concatenation(parts);
    }

    private Expression parseProduct() {
        return parseArithmetic(PRODUCTS, this::parsePower);
    }

    private Expression parsePower() {
        return parseArithmetic(POWERS, () -> parseSigned(true));
    }

    /** From left to right, powers too. */
    private Expression parseArithmetic(Map<String, ArithmeticOperator> operators, Supplier<Expression> operands) {
        Expression left = operands.get();
        for (var operator = operator(operators); operator.isPresent(); operator = operator(operators)) {
            left = new Expression.Arithmetic(operator.get(), left, operands.get());
        }
        return left;
    }

    /** The operator at hand if it is one of these, and skips it. */
    private <T> Optional<T> operator(Map<String, T> operators) {
        Optional<T> operator = tokens.at(Kind.OPERATOR)
                ? Optional.ofNullable(operators.get(tokens.current().text()))
                : Optional.empty();
        operator.ifPresent(_ -> tokens.next());
        return operator;
    }

    /** A filter applies to the value with its sign: {@code -1|abs} is 1. */
    private Expression parseSigned(boolean withFilters) {
        tokens.enter();
        Expression expression;
        if (tokens.skipOperator("-")) {
            expression = new Expression.Negative(parseSigned(false));
        } else if (tokens.skipOperator("+")) {
            expression = new Expression.Positive(parseSigned(false));
        } else {
            expression = parsePrimary();
        }
        expression = parsePostfix(expression);
        tokens.leave();
        return withFilters ? parseFiltersAndTests(expression) : expression;
    }

    private Expression parsePrimary() {
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
        Expression inside = parseTuple(true);
        tokens.expectOperator(")");
        return inside;
    }

    private List<Expression> parseItems(String end) {
        List<Expression> items = new ArrayList<>();
        while (!tokens.skipOperator(end)) {
            items.add(parse());
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
            Expression key = parse();
            tokens.expectOperator(":");
            entries.add(new Expression.Entry(key, parse()));
            if (!tokens.atOperator("}")) {
                tokens.expectOperator(",");
            }
        }
        return new Expression.DictLiteral(entries);
    }

    private Expression parsePostfix(Expression start) {
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
        Expression start = tokens.atOperator(":") ? null : parse();
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
        return tokens.atOperator(":") || tokens.atOperator("]") || tokens.atOperator(",") ? null : parse();
    }

    private Expression parseFiltersAndTests(Expression start) {
        Expression expression = start;
        while (true) {
            if (tokens.atOperator("|")) {
                expression = parseFilter(expression);
            } else if (tokens.atName("is")) {
                expression = parseTest(expression);
            } else if (tokens.atOperator("(")) {
                expression = new Expression.Call(expression, parseArguments());
            } else {
                return expression;
            }
        }
    }

    /** {@code | name(arguments)}, any number of them; the first is the innermost. */
    Expression.Filter parseFilters(@Nullable Expression input) {
        Expression.Filter filter = parseFilterCall(input);
        while (tokens.atOperator("|")) {
            filter = parseFilter(filter);
        }
        return filter;
    }

    private Expression.Filter parseFilter(@Nullable Expression input) {
        tokens.expectOperator("|");
        return parseFilterCall(input);
    }

    private Expression.Filter parseFilterCall(@Nullable Expression input) {
        String name = parseDottedName();
        return new Expression.Filter(input, name, tokens.atOperator("(") ? parseArguments() : CallArguments.NONE);
    }

    private Expression parseTest(Expression input) {
        tokens.expectName("is");
        boolean negated = tokens.skipName("not");
        Expression test = new Expression.Test(input, parseDottedName(), parseTestArguments());
        return negated ? new Expression.Not(test) : test;
    }

    /** {@code is divisibleby(3)} and {@code is divisibleby 3} are the same. */
    private CallArguments parseTestArguments() {
        if (tokens.atOperator("(")) {
            return parseArguments();
        }
        boolean value = switch (tokens.current().kind()) {
            case NAME -> !tokens.atName("else") && !tokens.atName("or") && !tokens.atName("and");
            case STRING, INTEGER, FLOAT -> true;
            case OPERATOR -> tokens.atOperator("[") || tokens.atOperator("{");
            case DATA, PRINT_BEGIN, PRINT_END, BLOCK_BEGIN, BLOCK_END, END -> false;
        };
        if (!value) {
            return CallArguments.NONE;
        }
        if (tokens.atName("is")) {
            throw JinjaException.syntax(tokens.current().line(), "tests cannot be chained with is");
        }
        return new CallArguments(List.of(parsePostfix(parsePrimary())), List.of(), null, null);
    }

    private String parseDottedName() {
        StringBuilder name = new StringBuilder(tokens.expect(Kind.NAME, "a name").text());
        while (tokens.skipOperator(".")) {
            name.append('.').append(tokens.expect(Kind.NAME, "a name").text());
        }
        return name.toString();
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
                namedSpread = parse();
            } else if (tokens.skipOperator("*")) {
                ordered = ordered && spread == null;
                spread = parse();
            } else if (tokens.at(Kind.NAME) && tokens.following().isOperator("=")) {
                String name = tokens.next().text();
                tokens.next();
                named.add(new Expression.Named(name, parse()));
            } else {
                ordered = ordered && spread == null && named.isEmpty();
                positional.add(parse());
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
