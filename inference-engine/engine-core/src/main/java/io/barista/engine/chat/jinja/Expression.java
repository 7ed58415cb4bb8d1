package io.barista.engine.chat.jinja;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What has a value. */
sealed interface Expression {

    record Literal(Value value) implements Expression {}

    record Name(String name) implements Expression {}

    record ListLiteral(List<Expression> items) implements Expression {}

    record TupleLiteral(List<Expression> items) implements Expression {}

    record DictLiteral(List<Entry> entries) implements Expression {}

    record Entry(Expression key, Expression value) {}

    /** {@code target.name} */
    record Attribute(Expression target, String name) implements Expression {}

    /** {@code target[index]} */
    record Item(Expression target, Expression index) implements Expression {}

    /** {@code start:stop:step} between brackets. */
    record Slice(@Nullable Expression start, @Nullable Expression stop,
            @Nullable Expression step) implements Expression {}

    record Call(Expression callee, CallArguments arguments) implements Expression {}

    /** @param input null at the head of a filter block: the block's text */
    record Filter(@Nullable Expression input, String name, CallArguments arguments) implements Expression {}

    /** {@code input is name} */
    record Test(Expression input, String name, CallArguments arguments) implements Expression {}

    record Negative(Expression operand) implements Expression {}

    record Positive(Expression operand) implements Expression {}

    record Not(Expression operand) implements Expression {}

    record And(Expression left, Expression right) implements Expression {}

    record Or(Expression left, Expression right) implements Expression {}

    record Arithmetic(ArithmeticOperator operator, Expression left, Expression right) implements Expression {}

    /** {@code a ~ b ~ c} */
    record Concatenation(List<Expression> parts) implements Expression {}

    /** {@code first < second <= third}, each operand evaluated once. */
    record Comparison(Expression first, List<Comparand> rest) implements Expression {}

    record Comparand(ComparisonOperator operator, Expression operand) {}

    /** {@code then if test else otherwise} */
    record Conditional(Expression test, Expression then, @Nullable Expression otherwise) implements Expression {}

    /** @param spread {@code *these}; namedSpread {@code **these} */
    record CallArguments(List<Expression> positional, List<Named> named, @Nullable Expression spread,
            @Nullable Expression namedSpread) {

        static final CallArguments NONE = new CallArguments(List.of(), List.of(), null, null);

        Stream<Expression> all() {
            return Stream.concat(Stream.concat(positional.stream(), named.stream().map(Named::value)),
                    present(spread, namedSpread));
        }
    }

    record Named(String name, Expression value) {}

    /** The expressions that this one is made of. */
    default Stream<Expression> children() {
        return switch (this) {
            case Literal _,Name _ -> Stream.of();
            case ListLiteral(List<Expression> items) -> items.stream();
            case TupleLiteral(List<Expression> items) -> items.stream();
            case DictLiteral(List<Entry> entries) ->
                entries.stream().flatMap(entry -> Stream.of(entry.key(), entry.value()));
            case Attribute attribute -> Stream.of(attribute.target());
            case Item item -> Stream.of(item.target(), item.index());
            case Slice slice -> present(slice.start(), slice.stop(), slice.step());
            case Call call -> Stream.concat(Stream.of(call.callee()), call.arguments().all());
            case Filter filter -> Stream.concat(present(filter.input()), filter.arguments().all());
            case Test test -> Stream.concat(Stream.of(test.input()), test.arguments().all());
            case Negative negative -> Stream.of(negative.operand());
            case Positive positive -> Stream.of(positive.operand());
            case Not not -> Stream.of(not.operand());
            case And and -> Stream.of(and.left(), and.right());
            case Or or -> Stream.of(or.left(), or.right());
            case Arithmetic arithmetic -> Stream.of(arithmetic.left(), arithmetic.right());
            case Concatenation(List<Expression> texts) -> texts.stream();
            case Comparison comparison -> Stream.concat(Stream.of(comparison.first()),
                    comparison.rest().stream().map(Comparand::operand));
            case Conditional conditional ->
                present(conditional.test(), conditional.then(), conditional.otherwise());
        };
    }

    /** Those that are not null. */
    static Stream<Expression> present(@Nullable Expression... expressions) {
        Stream.Builder<Expression> present = Stream.builder();
        for (Expression expression : expressions) {
            if (expression != null) {
                present.add(expression);
            }
        }
        return present.build();
    }

    /** This expression and all those inside it. */
    default Stream<Expression> walk() {
        return Stream.concat(Stream.of(this), children().flatMap(Expression::walk));
    }

    /** In the symbols of the source. */
    enum ArithmeticOperator {

        ADD("+"), SUBTRACT("-"), MULTIPLY("*"), DIVIDE("/"), FLOOR_DIVIDE("//"), MODULO("%"), POWER("** or pow()");

        private final String symbol;

        ArithmeticOperator(String symbol) {
            this.symbol = symbol;
        }

        String symbol() {
            return symbol;
        }
    }

    /** In the symbols of the source. */
    enum ComparisonOperator {

        EQUAL("=="), NOT_EQUAL("!="), LESS("<"), LESS_OR_EQUAL("<="), GREATER(">"), GREATER_OR_EQUAL(">="), IN("in"),
        NOT_IN("not in");

        private final String symbol;

        ComparisonOperator(String symbol) {
            this.symbol = symbol;
        }

        String symbol() {
            return symbol;
        }
    }
}
