package io.barista.engine.chat.jinja;

import io.barista.engine.chat.jinja.Expression.ArithmeticOperator;
import io.barista.engine.chat.jinja.Expression.ComparisonOperator;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/** What can stand behind {@code is}, for one rendering. */
final class Tests {

    @FunctionalInterface
    private interface Check {

        boolean test(Value value, Arguments arguments);
    }

    private final Python python;
    private final Map<String, Check> byName = new HashMap<>();

    Tests(Python python) {
        this.python = python;
        registerTypes();
        registerComparisons();
        registerNumbers();
        simple("upper", value -> new TextCases().isUpper(python.str(value)));
        simple("lower", value -> new TextCases().isLower(python.str(value)));
        simple("escaped", _ -> false);
        simple("test", value -> byName.containsKey(python.str(value)));
        simple("filter", value -> new Filters(python, this).exists(python.str(value)));
    }

    boolean test(String name, Value value, Arguments arguments) {
        Check check = byName.get(name);
        if (check == null) {
            throw JinjaException.runtime("No test named '%s' found.", name);
        }
        return check.test(value, arguments);
    }

    private void registerTypes() {
        simple("defined", value -> !(value instanceof Value.Undefined));
        simple("undefined", Value.Undefined.class::isInstance);
        simple("none", value -> value == Value.None.NONE);
        simple("boolean", Value.Bool.class::isInstance);
        simple("true", value -> value == Value.Bool.TRUE);
        simple("false", value -> value == Value.Bool.FALSE);
        simple("string", Value.Text.class::isInstance);
        simple("number", Arithmetic::isNumber);
        simple("integer", Value.Int.class::isInstance);
        simple("float", Value.Real.class::isInstance);
        simple("mapping", Value.Dict.class::isInstance);
        simple("iterable", python.iteration::isIterable);
        simple("callable", value -> value instanceof Callable || value instanceof Value.Undefined);
        simple("sequence", Tests::isSequence);
    }

    private void registerComparisons() {
        for (ComparisonOperator operator : ComparisonOperator.values()) {
            compares(operator.symbol(), operator);
        }
        compares("eq", ComparisonOperator.EQUAL);
        compares("equalto", ComparisonOperator.EQUAL);
        compares("ne", ComparisonOperator.NOT_EQUAL);
        compares("lt", ComparisonOperator.LESS);
        compares("lessthan", ComparisonOperator.LESS);
        compares("le", ComparisonOperator.LESS_OR_EQUAL);
        compares("gt", ComparisonOperator.GREATER);
        compares("greaterthan", ComparisonOperator.GREATER);
        compares("ge", ComparisonOperator.GREATER_OR_EQUAL);
        byName.put("sameas", (value, arguments) -> value.equals(arguments.bind("sameas", "other").required(0)));
    }

    private void registerNumbers() {
        simple("even", value -> hasRemainder(value, Value.Int.of(2), 0));
        simple("odd", value -> hasRemainder(value, Value.Int.of(2), 1));
        byName.put("divisibleby", (value, arguments) -> hasRemainder(value,
                arguments.bind("divisibleby", "num").required(0), 0));
    }

    private void simple(String name, Predicate<Value> check) {
        byName.put(name, (value, arguments) -> {
            arguments.bind(name);
            return check.test(value);
        });
    }

    private void compares(String name, ComparisonOperator operator) {
        byName.put(name, (value, arguments) -> python.comparisons.compare(operator, value,
                arguments.bind(name, "other").required(0)));
    }

    private static boolean isSequence(Value value) {
        return switch (value) {
            case Value.Text _,Value.ListValue _,Value.Tuple _,Value.Dict _,Value.Range _,Value.Undefined _ -> true;
            case Value.None _,Value.Bool _,Value.Int _,Value.Real _,Value.View _,Value.Generator _,Value.Namespace _,Callable _ ->
                false;
        };
    }

    private boolean hasRemainder(Value value, Value divisor, int remainder) {
        return python.comparisons.equal(python.arithmetic.apply(ArithmeticOperator.MODULO, value, divisor),
                Value.Int.of(remainder));
    }
}
