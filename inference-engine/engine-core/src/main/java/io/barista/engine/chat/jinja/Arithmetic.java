package io.barista.engine.chat.jinja;

import io.barista.engine.chat.jinja.Expression.ArithmeticOperator;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Python's arithmetic: whole numbers without bounds, floats, and what {@code + * %} mean for texts and lists. */
final class Arithmetic {

    /** No template counts higher; keeps {@code 9**9**9} from taking the machine. */
    private static final int LONGEST_NUMBER_BITS = 4096;

    private final Budget budget;
    private final PercentFormat percentFormat;

    Arithmetic(Budget budget, PythonText texts) {
        this.budget = budget;
        this.percentFormat = new PercentFormat(budget, texts);
    }

    Value apply(ArithmeticOperator operator, Value left, Value right) {
        if (left instanceof Value.Text(String format) && operator == ArithmeticOperator.MODULO) {
            return budget.text(percentFormat.format(format, right));
        }
        refuseUndefined(left);
        refuseUndefined(right);
        return switch (operator) {
            case ADD -> add(left, right);
            case MULTIPLY -> multiply(left, right);
            case SUBTRACT, DIVIDE, FLOOR_DIVIDE, MODULO, POWER -> numbers(operator, left, right);
        };
    }

    Value negative(Value operand) {
        return switch (operand) {
            case Value.Real(double number) -> new Value.Real(-number);
            default -> new Value.Int(whole(operand, "bad operand type for unary -").negate());
        };
    }

    Value positive(Value operand) {
        return operand instanceof Value.Real
                ? operand
                : new Value.Int(whole(operand, "bad operand type for unary +"));
    }

    private Value add(Value left, Value right) {
        if (left instanceof Value.Text(String first)) {
            if (right instanceof Value.Text(String second)) {
                budget.characters((long) first.length() + second.length());
                return new Value.Text(first + second);
            }
            throw JinjaException.runtime("can only concatenate str (not \"%s\") to str", right.typeName());
        }
        if (left instanceof Value.ListValue(List<Value> first)) {
            if (right instanceof Value.ListValue(List<Value> second)) {
                return new Value.ListValue(joined(first, second));
            }
            throw JinjaException.runtime("can only concatenate list (not \"%s\") to list", right.typeName());
        }
        if (left instanceof Value.Tuple first && right instanceof Value.Tuple second) {
            return new Value.Tuple(joined(first.items(), second.items()));
        }
        return numbers(ArithmeticOperator.ADD, left, right);
    }

    private List<Value> joined(List<Value> first, List<Value> second) {
        budget.entries((long) first.size() + second.size());
        List<Value> items = new ArrayList<>(first.size() + second.size());
        items.addAll(first);
        items.addAll(second);
        return items;
    }

    private Value multiply(Value left, Value right) {
        if (isRepeatable(right) && isWhole(left)) {
            return repeat(right, whole(left, ""));
        }
        return isRepeatable(left) && isWhole(right)
                ? repeat(left, whole(right, ""))
                : numbers(ArithmeticOperator.MULTIPLY, left, right);
    }

    private Value repeat(Value value, BigInteger count) {
        long times = count.signum() <= 0 ? 0 : count.bitLength() > 31 ? Integer.MAX_VALUE : count.intValue();
        return switch (value) {
            case Value.Text(String text) -> {
                budget.characters(text.length() * times);
                yield new Value.Text(text.repeat((int) times));
            }
            case Value.ListValue(List<Value> items) -> new Value.ListValue(repeat(items, times));
            case Value.Tuple tuple -> new Value.Tuple(repeat(tuple.items(), times));
            default -> throw new IllegalArgumentException(value.typeName());
        };
    }

    private List<Value> repeat(List<Value> items, long times) {
        budget.entries(items.size() * times);
        List<Value> repeated = new ArrayList<>();
        for (long i = 0; i < times && !items.isEmpty(); i++) {
            repeated.addAll(items);
        }
        return repeated;
    }

    private Value numbers(ArithmeticOperator operator, Value left, Value right) {
        if (!isNumber(left) || !isNumber(right)) {
            throw JinjaException.runtime("unsupported operand type(s) for %s: '%s' and '%s'", operator.symbol(),
                    left.typeName(), right.typeName());
        }
        boolean whole = isWhole(left) && isWhole(right) && operator != ArithmeticOperator.DIVIDE;
        if (whole) {
            return wholeNumbers(operator, whole(left, ""), whole(right, ""));
        }
        return new Value.Real(floats(operator, asDouble(left), asDouble(right)));
    }

    private Value wholeNumbers(ArithmeticOperator operator, BigInteger left, BigInteger right) {
        return switch (operator) {
            case ADD -> bounded(left.add(right));
            case SUBTRACT -> bounded(left.subtract(right));
            case MULTIPLY -> bounded(left.multiply(right));
            case FLOOR_DIVIDE -> new Value.Int(floorDivide(left, right));
            case MODULO -> new Value.Int(left.subtract(floorDivide(left, right).multiply(right)));
            case POWER -> power(left, right);
            case DIVIDE -> throw new IllegalArgumentException("division gives a float");
        };
    }

    private Value power(BigInteger base, BigInteger exponent) {
        if (exponent.signum() < 0) {
            return new Value.Real(floats(ArithmeticOperator.POWER, base.doubleValue(), exponent.doubleValue()));
        }
        boolean small = base.bitLength() <= 1;
        if (!small
                && (exponent.bitLength() > 16 || (long) base.bitLength() * exponent.intValue() > LONGEST_NUMBER_BITS)) {
            throw JinjaException.limit("the template makes a number of more than %d bits", LONGEST_NUMBER_BITS);
        }
        if (small && exponent.bitLength() > 31) {
            return new Value.Int(base.signum() < 0 && !exponent.testBit(0) ? BigInteger.ONE : base);
        }
        return new Value.Int(base.pow(exponent.intValue()));
    }

    private static Value bounded(BigInteger number) {
        if (number.bitLength() > LONGEST_NUMBER_BITS) {
            throw JinjaException.limit("the template makes a number of more than %d bits", LONGEST_NUMBER_BITS);
        }
        return new Value.Int(number);
    }

    private static BigInteger floorDivide(BigInteger left, BigInteger right) {
        if (right.signum() == 0) {
            throw JinjaException.runtime("integer division or modulo by zero");
        }
        BigInteger[] quotient = left.divideAndRemainder(right);
        boolean rounded = quotient[1].signum() != 0 && quotient[1].signum() != right.signum();
        return rounded ? quotient[0].subtract(BigInteger.ONE) : quotient[0];
    }

    private static double floats(ArithmeticOperator operator, double left, double right) {
        boolean divides = switch (operator) {
            case DIVIDE, FLOOR_DIVIDE, MODULO -> true;
            case ADD, SUBTRACT, MULTIPLY, POWER -> false;
        };
        if (divides && right == 0) {
            throw JinjaException.runtime("division by zero");
        }
        return switch (operator) {
            case ADD -> left + right;
            case SUBTRACT -> left - right;
            case MULTIPLY -> left * right;
            case DIVIDE -> left / right;
            case FLOOR_DIVIDE -> Math.floor(left / right);
            case MODULO -> {
                double remainder = left % right;
                yield remainder != 0 && remainder < 0 != right < 0 ? remainder + right : remainder;
            }
            case POWER -> Math.pow(left, right);
        };
    }

    static boolean isNumber(Value value) {
        return value instanceof Value.Real || isWhole(value);
    }

    static boolean isWhole(Value value) {
        return value instanceof Value.Int || value instanceof Value.Bool;
    }

    static double asDouble(Value value) {
        return value instanceof Value.Real(double number) ? number : whole(value, "must be real number").doubleValue();
    }

    /** The number that an int or bool is. */
    static BigInteger whole(Value value, String complaint) {
        return switch (value) {
            case Value.Int(BigInteger number) -> number;
            case Value.Bool bool -> bool.isTrue() ? BigInteger.ONE : BigInteger.ZERO;
            case Value.Undefined undefined -> throw undefined.used();
            default -> throw JinjaException.runtime("%s: '%s'", complaint, value.typeName());
        };
    }

    private static boolean isRepeatable(Value value) {
        return value instanceof Value.Text || value instanceof Value.ListValue || value instanceof Value.Tuple;
    }

    private static void refuseUndefined(Value value) {
        if (value instanceof Value.Undefined undefined) {
            throw undefined.used();
        }
    }
}
