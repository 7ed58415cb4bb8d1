package io.barista.engine.chat.jinja;

import io.barista.engine.chat.jinja.Expression.ArithmeticOperator;
import io.barista.engine.chat.jinja.Expression.CallArguments;
import io.barista.engine.chat.jinja.Expression.Comparand;
import io.barista.engine.chat.jinja.Expression.ComparisonOperator;
import io.barista.engine.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
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
    private final OperandParser operands;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
        this.operands = new OperandParser(tokens, this);
    }

    /** Starts to collect the names of variables anew, and returns those collected before. */
    Set<String> collectNames(Set<String> start) {
        return operands.collectNames(start);
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
    private Expression parseArithmetic(Map<String, ArithmeticOperator> operators, Supplier<Expression> next) {
        Expression left = next.get();
        for (var operator = operator(operators); operator.isPresent(); operator = operator(operators)) {
            left = new Expression.Arithmetic(operator.get(), left, next.get());
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
            expression = operands.parsePrimary();
        }
        expression = operands.parsePostfix(expression);
        tokens.leave();
        return withFilters ? parseFiltersAndTests(expression) : expression;
    }

    private Expression parseFiltersAndTests(Expression start) {
        Expression expression = start;
        while (true) {
            if (tokens.atOperator("|")) {
                expression = parseFilter(expression);
            } else if (tokens.atName("is")) {
                expression = parseTest(expression);
            } else if (tokens.atOperator("(")) {
                expression = new Expression.Call(expression, operands.parseArguments());
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
        return new Expression.Filter(input, name,
                tokens.atOperator("(") ? operands.parseArguments() : CallArguments.NONE);
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
            return operands.parseArguments();
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
        return new CallArguments(List.of(operands.parsePostfix(operands.parsePrimary())), List.of(), null, null);
    }

    private String parseDottedName() {
        StringBuilder name = new StringBuilder(tokens.expect(Kind.NAME, "a name").text());
        while (tokens.skipOperator(".")) {
            name.append('.').append(tokens.expect(Kind.NAME, "a name").text());
        }
        return name.toString();
    }
}
