package io.barista.engine.chat.jinja;

import io.barista.engine.chat.jinja.Expression.ComparisonOperator;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** Python's equality, order and membership. */
final class Comparisons {

    private final Budget budget;
    private final Iteration iteration;

    Comparisons(Budget budget, Iteration iteration) {
        this.budget = budget;
        this.iteration = iteration;
    }

    boolean compare(ComparisonOperator operator, Value left, Value right) {
        return switch (operator) {
            case EQUAL -> equal(left, right);
            case NOT_EQUAL -> !equal(left, right);
            case LESS -> order(left, right, "<") < 0;
            case LESS_OR_EQUAL -> order(left, right, "<=") <= 0;
            case GREATER -> order(left, right, ">") > 0;
            case GREATER_OR_EQUAL -> order(left, right, ">=") >= 0;
            case IN -> contains(right, left);
            case NOT_IN -> !contains(right, left);
        };
    }

    boolean equal(Value left, Value right) {
        budget.step();
        if (Arithmetic.isNumber(left) && Arithmetic.isNumber(right)) {
            return numberOrder(left, right) == 0 && !isNaN(left) && !isNaN(right);
        }
        return switch (left) {
            case Value.Text(String text) -> {
                budget.characters(text.length());
                yield right instanceof Value.Text(String other) && text.equals(other);
            }
            case Value.ListValue(List<Value> items) ->
                right instanceof Value.ListValue(List<Value> others) && allEqual(items, others);
            case Value.Tuple tuple -> right instanceof Value.Tuple other && allEqual(tuple.items(), other.items());
            case Value.Dict(Map<Value, Value> entries) ->
                right instanceof Value.Dict other && entries.size() == other.entries().size()
                        && entries.entrySet().stream().allMatch(entry -> {
                            Value value = other.entries().get(entry.getKey());
                            return value != null && equal(entry.getValue(), value);
                        });
            case Value.Undefined _ -> right instanceof Value.Undefined;
            case Value.Range _ -> left.equals(right);
            case Value.View view -> right instanceof Value.View other && allEqual(view.items(), other.items());
            case Value.None _,Value.Bool _,Value.Int _,Value.Real _,Value.Generator _,Value.Namespace _,Callable _ ->
                left == right;
        };
    }

    /** Negative, zero or positive; an error for values without an order. */
    int order(Value left, Value right, String operator) {
        budget.step();
        if (Arithmetic.isNumber(left) && Arithmetic.isNumber(right)) {
            return numberOrder(left, right);
        }
        return switch (left) {
            case Value.Text(String text) when right instanceof Value.Text(String other) -> {
                budget.characters(text.length());
                yield codePointOrder(text, other);
            }
            case Value.ListValue(List<Value> items) when right instanceof Value.ListValue(List<Value> others) ->
                listOrder(items, others, operator);
            case Value.Tuple tuple when right instanceof Value.Tuple other ->
                listOrder(tuple.items(), other.items(), operator);
            case Value.Undefined undefined -> throw undefined.used();
            default -> {
                if (right instanceof Value.Undefined undefined) {
                    throw undefined.used();
                }
                throw JinjaException.runtime("'%s' not supported between instances of '%s' and '%s'", operator,
                        left.typeName(), right.typeName());
            }
        };
    }

    boolean contains(Value container, Value item) {
        return switch (container) {
            case Value.Text(String text) -> {
                if (!(item instanceof Value.Text(String part))) {
                    throw JinjaException.runtime("'in <string>' requires string as left operand, not %s",
                            item.typeName());
                }
                budget.characters(text.length());
                yield text.contains(part);
            }
            case Value.Dict dict -> dict.get(item) != null;
            case Value.Range range when Arithmetic.isWhole(item) -> {
                long number = Arithmetic.whole(item, "").longValue();
                long offset = number - range.start();
                yield offset % range.step() == 0 && offset / range.step() >= 0
                        && offset / range.step() < range.length();
            }
            case Value.None _,Value.Bool _,Value.Int _,Value.Real _,Value.Namespace _ ->
                throw JinjaException.runtime("argument of type '%s' is not iterable", container.typeName());
            default -> {
                for (var items = iteration.iterate(container); items.hasNext();) {
                    if (equal(items.next(), item)) {
                        yield true;
                    }
                }
                yield false;
            }
        };
    }

    private boolean allEqual(List<Value> left, List<Value> right) {
        if (left.size() != right.size()) {
            return false;
        }
        budget.enter();
        boolean equal = true;
        for (int i = 0; equal && i < left.size(); i++) {
            equal = equal(left.get(i), right.get(i));
        }
        budget.leave();
        return equal;
    }

    private int listOrder(List<Value> left, List<Value> right, String operator) {
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            if (!equal(left.get(i), right.get(i))) {
                return order(left.get(i), right.get(i), operator);
            }
        }
        return Integer.compare(left.size(), right.size());
    }

    private static int numberOrder(Value left, Value right) {
        if (Arithmetic.isWhole(left) && Arithmetic.isWhole(right)) {
            return Arithmetic.whole(left, "").compareTo(Arithmetic.whole(right, ""));
        }
        double first = Arithmetic.asDouble(left);
        double second = Arithmetic.asDouble(right);
        if (!Double.isFinite(first) || !Double.isFinite(second)) {
            return Double.compare(first, second);
        }
        return exact(left).compareTo(exact(right));
    }

    private static BigDecimal exact(Value number) {
        return number instanceof Value.Real(double real)
                ? new BigDecimal(real)
                : new BigDecimal(Arithmetic.whole(number, ""));
    }

    private static boolean isNaN(Value value) {
        return value instanceof Value.Real(double number) && Double.isNaN(number);
    }

    /** Java orders by UTF-16 units, which puts characters beyond the basic plane before some of that plane. */
    private static int codePointOrder(String left, String right) {
        for (int i = 0; i < Math.min(left.length(), right.length()); i++) {
            if (left.charAt(i) != right.charAt(i)) {
                int start = i > 0 && Character.isLowSurrogate(left.charAt(i))
                        && Character.isHighSurrogate(left.charAt(i - 1)) ? i - 1 : i;
                return Integer.compare(left.codePointAt(start), right.codePointAt(start));
            }
        }
        return Integer.compare(left.length(), right.length());
    }
}
