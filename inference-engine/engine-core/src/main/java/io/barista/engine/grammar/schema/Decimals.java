package io.barista.engine.grammar.schema;

import io.barista.engine.grammar.syntax.Expression;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decimal numbers within bounds, digit by digit. No exponents, and no more digits than a double can tell apart. */
final class Decimals {

    private static final int DIGITS = 16;

    private static final Expression DIGIT = Expression.range('0', '9');
    private static final Expression ZEROS = new Expression.Repeat(Expression.text("0"), 0, DIGITS);
    private static final Expression ANY = new Expression.Repeat(DIGIT, 0, DIGITS);
    private static final Expression POSITIVE = Expression.concat(ZEROS, Expression.range('1', '9'), ANY);

    static final Expression INTEGER = Expression.concat(Expression.optional(Expression.text("-")), whole());
    static final Expression NUMBER = Expression.concat(INTEGER, Expression.optional(anyFraction()),
            Expression.optional(Expression.concat(
                    Expression.choice(Expression.text("e"), Expression.text("E")),
                    Expression.optional(Expression.choice(Expression.text("+"), Expression.text("-"))),
                    new Expression.Repeat(DIGIT, 1, 2))));

    private Decimals() {}

    /** @param value null for no bound */
    record Bound(@Nullable BigDecimal value, boolean excluded) {

        static final Bound NONE = new Bound(null, false);

        Bound negated() {
            return value == null ? this : new Bound(value.negate(), excluded);
        }
    }

    /** Integers from the one to the other, both included; null for no bound. */
    static Expression integers(@Nullable BigInteger least, @Nullable BigInteger most) {
        List<Expression> options = new ArrayList<>();
        if (most == null || most.signum() >= 0) {
            options.add(naturals(least == null ? BigInteger.ZERO : least.max(BigInteger.ZERO), most));
        }
        if (least == null || least.signum() < 0) {
            BigInteger nearest = most == null ? BigInteger.ONE : most.negate().max(BigInteger.ONE);
            options.add(Expression.concat(Expression.text("-"),
                    naturals(nearest, least == null ? null : least.negate())));
        }
        return new Expression.Choice(options);
    }

    static Expression numbers(Bound least, Bound most) {
        List<Expression> options = new ArrayList<>();
        if (most.value() == null || most.value().signum() >= 0) {
            options.add(unsigned(fromZero(least, false), most));
        }
        if (least.value() == null || least.value().signum() < 0) {
            options.add(Expression.concat(Expression.text("-"),
                    unsigned(fromZero(most.negated(), true), least.negated())));
        }
        return new Expression.Choice(options);
    }

    private static Bound fromZero(Bound bound, boolean withoutZero) {
        return bound.value() == null || bound.value().signum() < 0 || bound.value().signum() == 0 && withoutZero
                ? new Bound(BigDecimal.ZERO, withoutZero)
                : bound;
    }

    /** @param most null for no bound */
    private static Expression naturals(BigInteger least, @Nullable BigInteger most) {
        String low = least.toString();
        BigInteger end = most == null
                ? BigInteger.TEN.pow(Math.max(DIGITS, low.length())).subtract(BigInteger.ONE)
                : most;
        if (least.compareTo(end) > 0) {
            return Expression.NOTHING;
        }
        List<Expression> options = new ArrayList<>();
        int longest = end.toString().length();
        for (int length = low.length(); length <= longest; length++) {
            String from = length == low.length() ? low : "1" + "0".repeat(length - 1);
            String to = length == longest ? end.toString() : "9".repeat(length);
            options.add(digits(from, to, 0));
        }
        return new Expression.Choice(options);
    }

    /** Digit strings of one length from the one to the other. */
    private static Expression digits(String from, String to, int index) {
        int rest = from.length() - index;
        if (from.endsWith("0".repeat(rest)) && to.endsWith("9".repeat(rest))) {
            return new Expression.Repeat(DIGIT, rest, rest);
        }
        char low = from.charAt(index);
        char high = to.charAt(index);
        if (low == high) {
            return Expression.concat(Expression.range(low, low), digits(from, to, index + 1));
        }
        List<Expression> options = new ArrayList<>();
        options.add(Expression.concat(Expression.range(low, low), digits(from, "9".repeat(from.length()), index + 1)));
        if (high - low > 1) {
            options.add(Expression.concat(Expression.range(low + 1, high - 1),
                    new Expression.Repeat(DIGIT, rest - 1, rest - 1)));
        }
        options.add(Expression.concat(Expression.range(high, high), digits("0".repeat(to.length()), to, index + 1)));
        return new Expression.Choice(options);
    }

    private static Expression unsigned(Bound least, Bound most) {
        BigDecimal low = least.value() == null ? BigDecimal.ZERO : least.value();
        BigInteger first = low.toBigInteger();
        String lowFraction = fraction(low);
        Expression firstText = Expression.text(first.toString());
        if (most.value() == null) {
            return Expression.choice(
                    Expression.concat(firstText, fractionAtLeast(lowFraction, least.excluded())),
                    Expression.concat(naturals(first.add(BigInteger.ONE), null), Expression.optional(anyFraction())));
        }
        BigInteger last = most.value().toBigInteger();
        String highFraction = fraction(most.value());
        int order = first.compareTo(last);
        if (order > 0) {
            return Expression.NOTHING;
        }
        if (order == 0) {
            return Expression.concat(firstText,
                    fractionBetween(lowFraction, least.excluded(), highFraction, most.excluded()));
        }
        return Expression.choice(Expression.concat(firstText, fractionAtLeast(lowFraction, least.excluded())),
                Expression.concat(naturals(first.add(BigInteger.ONE), last.subtract(BigInteger.ONE)),
                        Expression.optional(anyFraction())),
                Expression.concat(Expression.text(last.toString()),
                        fractionAtMost(highFraction, most.excluded())));
    }

    /** The digits behind the point, without zeros at the end. */
    private static String fraction(BigDecimal value) {
        String text = value.stripTrailingZeros().toPlainString();
        int point = text.indexOf('.');
        return point < 0 ? "" : text.substring(point + 1);
    }

    private static Expression fractionAtLeast(String low, boolean excluded) {
        Expression written = pointed(atLeast(low, 0, excluded));
        return low.isEmpty() && !excluded ? Expression.optional(written) : written;
    }

    private static Expression fractionAtMost(String high, boolean excluded) {
        Expression written = pointed(atMost(high, 0, excluded));
        return high.isEmpty() && excluded ? Expression.NOTHING : Expression.optional(written);
    }

    private static Expression fractionBetween(String low, boolean lowExcluded, String high, boolean highExcluded) {
        boolean zeroFits = low.isEmpty() && !lowExcluded && !(high.isEmpty() && highExcluded);
        Expression written = pointed(between(low, high, 0, lowExcluded, highExcluded));
        return zeroFits ? Expression.optional(written) : written;
    }

    private static Expression pointed(Expression digits) {
        return Expression.concat(Expression.text("."), digits);
    }

    private static Expression anyFraction() {
        return pointed(new Expression.Repeat(DIGIT, 1, DIGITS));
    }

    // The three below describe the digits from an index on; at index 0 there must be one at least.

    private static Expression atLeast(String low, int index, boolean excluded) {
        if (index >= low.length()) {
            return excluded ? POSITIVE : new Expression.Repeat(DIGIT, index == 0 ? 1 : 0, DIGITS);
        }
        char digit = low.charAt(index);
        return Expression.choice(digitsAnd(digit + 1, '9', ANY),
                digitsAnd(digit, digit, atLeast(low, index + 1, excluded)));
    }

    private static Expression atMost(String high, int index, boolean excluded) {
        if (index >= high.length()) {
            return excluded
                    ? Expression.NOTHING
                    : new Expression.Repeat(Expression.text("0"), index == 0 ? 1 : 0, DIGITS);
        }
        char digit = high.charAt(index);
        return Expression.choice(index == 0 ? Expression.NOTHING : Expression.EMPTY, digitsAnd('0', digit - 1, ANY),
                digitsAnd(digit, digit, atMost(high, index + 1, excluded)));
    }

    private static Expression between(String low, String high, int index, boolean lowExcluded, boolean highExcluded) {
        if (index >= low.length() && !lowExcluded) {
            return atMost(high, index, highExcluded);
        }
        if (index >= high.length()) {
            return Expression.NOTHING;
        }
        char from = index < low.length() ? low.charAt(index) : '0';
        char to = high.charAt(index);
        if (from > to) {
            return Expression.NOTHING;
        }
        if (from == to) {
            return digitsAnd(from, from, between(low, high, index + 1, lowExcluded, highExcluded));
        }
        return Expression.choice(digitsAnd(from, from, atLeast(low, index + 1, lowExcluded)),
                digitsAnd(from + 1, to - 1, ANY),
                digitsAnd(to, to, atMost(high, index + 1, highExcluded)));
    }

    private static Expression digitsAnd(int first, int last, Expression rest) {
        return first > last ? Expression.NOTHING : Expression.concat(Expression.range(first, last), rest);
    }

    private static Expression whole() {
        return Expression.choice(Expression.text("0"),
                Expression.concat(Expression.range('1', '9'), new Expression.Repeat(DIGIT, 0, DIGITS - 1)));
    }
}
