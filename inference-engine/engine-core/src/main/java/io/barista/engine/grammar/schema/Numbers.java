package io.barista.engine.grammar.schema;

import io.barista.engine.grammar.syntax.Expression;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Numbers with bounds and divisors. */
final class Numbers {

    private static final int MAX_DIVISOR = 1_000;
    private static final int MAX_LISTED = 2_000;
    private static final int MAX_DIGITS = 40;

    private final SchemaRules rules;

    Numbers(SchemaRules rules) {
        this.rules = rules;
    }

    Expression integers(Schema schema) {
        BigInteger least = lowest(least(schema));
        BigInteger most = highest(most(schema));
        BigDecimal divisor = divisor(schema);
        if (divisor != null) {
            // n · d is a whole number for the first time where n is the denominator of d
            BigInteger whole = divisor.unscaledValue()
                    .divide(divisor.unscaledValue().gcd(BigInteger.TEN.pow(Math.max(0, divisor.scale()))));
            return multiples(schema, true, new BigDecimal(divisor.scale() <= 0 ? divisor.toBigIntegerExact() : whole),
                    least,
                    most);
        }
        if (least == null && most == null) {
            return rules.integer();
        }
        return rules.leaf("integer from %s to %s".formatted(least, most), () -> Decimals.integers(least, most));
    }

    Expression numbers(Schema schema) {
        Decimals.Bound least = least(schema);
        Decimals.Bound most = most(schema);
        BigDecimal divisor = divisor(schema);
        if (divisor != null) {
            return multiples(schema, false, divisor, multipleAtLeast(least, divisor), multipleAtMost(most, divisor));
        }
        if (least.value() == null && most.value() == null) {
            return rules.number();
        }
        return rules.leaf("number from %s to %s".formatted(least, most), () -> Decimals.numbers(least, most));
    }

    /** Of the two keywords for a lower bound the one that says more. */
    static Decimals.Bound least(Schema schema) {
        BigDecimal included = bounded(schema, "minimum");
        BigDecimal excluded = bounded(schema, "exclusiveMinimum");
        return excluded != null && (included == null || excluded.compareTo(included) >= 0)
                ? new Decimals.Bound(excluded, true)
                : new Decimals.Bound(included, false);
    }

    static Decimals.Bound most(Schema schema) {
        BigDecimal included = bounded(schema, "maximum");
        BigDecimal excluded = bounded(schema, "exclusiveMaximum");
        return excluded != null && (included == null || excluded.compareTo(included) <= 0)
                ? new Decimals.Bound(excluded, true)
                : new Decimals.Bound(included, false);
    }

    private static @Nullable BigDecimal bounded(Schema schema, String name) {
        BigDecimal value = schema.number(name);
        if (value != null && (value.precision() > MAX_DIGITS || Math.abs((long) value.scale()) > MAX_DIGITS)) {
            throw schema.cannot(name, "it has more than %d digits".formatted(MAX_DIGITS));
        }
        return value;
    }

    private static @Nullable BigDecimal divisor(Schema schema) {
        BigDecimal value = bounded(schema, "multipleOf");
        if (value != null && value.signum() <= 0) {
            throw schema.wrong("multipleOf", "above 0");
        }
        return value == null ? null : value.stripTrailingZeros();
    }

    /** @param least in the same unit as the values for integers, in divisors for other numbers */
    private Expression multiples(Schema schema, boolean whole, BigDecimal divisor, @Nullable BigInteger least,
            @Nullable BigInteger most) {
        BigInteger first = whole ? quotient(least, divisor, RoundingMode.CEILING) : least;
        BigInteger last = whole ? quotient(most, divisor, RoundingMode.FLOOR) : most;
        if (first != null && last != null) {
            return listed(schema, divisor, first, last);
        }
        if (first != null && first.signum() != 0 || last != null && last.signum() != 0) {
            throw schema.cannot("multipleOf", "together with a single bound; give both bounds, or 0, or none");
        }
        BigDecimal plain = divisor.scale() < 0 ? divisor.setScale(0) : divisor;
        if (plain.unscaledValue().bitLength() > 31 || plain.unscaledValue().intValue() > MAX_DIVISOR
                || plain.scale() > 6) {
            throw schema.cannot("multipleOf", "its digits may be %d at most".formatted(MAX_DIVISOR));
        }
        Expression unsigned = new Expression.Multiple(plain.unscaledValue().intValueExact(), plain.scale());
        Expression minus = Expression.text("-");
        if (first != null) {
            return unsigned;
        }
        return last == null
                ? Expression.concat(Expression.optional(minus), unsigned)
                : Expression.choice(Expression.text("0"), Expression.concat(minus, unsigned));
    }

    private static Expression listed(Schema schema, BigDecimal divisor, BigInteger first, BigInteger last) {
        if (last.subtract(first).bitLength() > 30 || last.subtract(first).intValue() > MAX_LISTED) {
            throw schema.cannot("multipleOf", "more than %d values lie within the bounds".formatted(MAX_LISTED));
        }
        List<Expression> values = new ArrayList<>();
        for (BigInteger factor = first; factor.compareTo(last) <= 0; factor = factor.add(BigInteger.ONE)) {
            BigDecimal value = divisor.multiply(new BigDecimal(factor)).stripTrailingZeros();
            values.add(Expression.text(value.signum() == 0 ? "0" : value.toPlainString()));
        }
        return new Expression.Choice(values);
    }

    private static @Nullable BigInteger lowest(Decimals.Bound bound) {
        return bound.value() == null ? null : multipleAtLeast(bound, BigDecimal.ONE);
    }

    private static @Nullable BigInteger highest(Decimals.Bound bound) {
        return bound.value() == null ? null : multipleAtMost(bound, BigDecimal.ONE);
    }

    private static @Nullable BigInteger multipleAtLeast(Decimals.Bound bound, BigDecimal unit) {
        BigInteger opposite = multipleAtMost(bound.negated(), unit);
        return opposite == null ? null : opposite.negate();
    }

    /** The largest factor whose multiple of the unit is within the bound. */
    private static @Nullable BigInteger multipleAtMost(Decimals.Bound bound, BigDecimal unit) {
        BigInteger factor = quotient(bound.value(), unit, RoundingMode.FLOOR);
        if (factor == null || bound.value() == null) {
            return null;
        }
        boolean atBound = unit.multiply(new BigDecimal(factor)).compareTo(bound.value()) == 0;
        return bound.excluded() && atBound ? factor.subtract(BigInteger.ONE) : factor;
    }

    private static @Nullable BigInteger quotient(@Nullable BigInteger value, BigDecimal unit, RoundingMode rounding) {
        return quotient(value == null ? null : new BigDecimal(value), unit, rounding);
    }

    private static @Nullable BigInteger quotient(@Nullable BigDecimal value, BigDecimal unit, RoundingMode rounding) {
        return value == null ? null : value.divide(unit, 0, rounding).toBigInteger();
    }
}
