package io.barista.engine.chat.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Filters that make numbers. */
final class NumberFilters {

    private static final int LONGEST_DIGITS = 1_000;
    private static final Pattern FLOAT = Pattern
            .compile("[+-]?(?:(?:\\d+(?:_\\d+)*)?\\.?\\d*(?:_\\d+)*(?:[eE][+-]?\\d+)?|inf(?:inity)?|nan)",
                    Pattern.CASE_INSENSITIVE);

    private final Python python;

    NumberFilters(Python python) {
        this.python = python;
    }

    void register(Map<String, Filter> filters) {
        filters.put("abs", (input, _) -> input instanceof Value.Real(double number)
                ? new Value.Real(Math.abs(number))
                : new Value.Int(Arithmetic.whole(input, "bad operand type for abs()").abs()));
        filters.put("int", this::toInt);
        filters.put("float", this::toFloat);
        filters.put("round", NumberFilters::round);
    }

    private Value toInt(Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("int", "default", "base");
        Value standard = bound.get(0, Value.Int.of(0));
        return switch (input) {
            case Value.Text(String text) -> {
                Optional<Value> whole = parseInt(text.strip().replace("_", ""), bound.integer(1, 10));
                yield whole.or(() -> parseFloat(text).flatMap(NumberFilters::truncate)).orElse(standard);
            }
            case Value.Real(double number) -> truncate(number).orElse(standard);
            case Value.Int _,Value.Bool _ -> new Value.Int(Arithmetic.whole(input, ""));
            case Value.Undefined undefined -> throw undefined.used();
            default -> standard;
        };
    }

    private Value toFloat(Value input, Arguments arguments) {
        Value standard = arguments.bind("float", "default").get(0, new Value.Real(0));
        return switch (input) {
            case Value.Text(String text) -> parseFloat(text).map(number -> (Value) new Value.Real(number))
                    .orElse(standard);
            case Value.Undefined undefined -> throw undefined.used();
            default -> Arithmetic.isNumber(input) ? new Value.Real(Arithmetic.asDouble(input)) : standard;
        };
    }

    private static Optional<Value> truncate(double number) {
        return Double.isFinite(number)
                ? Optional.of(new Value.Int(new BigDecimal(number).toBigInteger()))
                : Optional.empty();
    }

    private Optional<Value> parseInt(String text, int base) {
        python.budget.characters(text.length());
        if (text.length() > LONGEST_DIGITS) {
            return Optional.empty();
        }
        String digits = base == 16
                ? text.replaceFirst("^([+-]?)0[xX]", "$1")
                : base == 8
                        ? text.replaceFirst("^([+-]?)0[oO]", "$1")
                        : base == 2 ? text.replaceFirst("^([+-]?)0[bB]", "$1") : text;
        try {
            return Optional.of(new Value.Int(new BigInteger(digits, base)));
        } catch (NumberFormatException notWhole) {
            return Optional.empty();
        }
    }

    private static Optional<Double> parseFloat(String written) {
        String text = written.strip();
        if (text.length() > LONGEST_DIGITS || text.chars().noneMatch(Character::isLetterOrDigit)
                || !FLOAT.matcher(text).matches()) {
            return Optional.empty();
        }
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.contains("inf")) {
            return Optional.of(lower.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
        }
        if (lower.contains("nan")) {
            return Optional.of(Double.NaN);
        }
        try {
            return Optional.of(Double.parseDouble(text.replace("_", "")));
        } catch (NumberFormatException notANumber) {
            return Optional.empty();
        }
    }

    private static Value round(Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("round", "precision", "method");
        int precision = Math.clamp(bound.integer(0, 0), -400, 400);
        String method = bound.text(1, "common");
        if (method.equals("common")) {
            return common(input, precision);
        }
        double scale = Math.pow(10, precision);
        double scaled = Arithmetic.asDouble(input) * scale;
        return switch (method) {
            case "ceil" -> new Value.Real(Math.ceil(scaled) / scale);
            case "floor" -> new Value.Real(Math.floor(scaled) / scale);
            default -> throw JinjaException.runtime("method must be common, ceil or floor");
        };
    }

    /** Half to even of the exact value; a whole number stays one. */
    private static Value common(Value input, int precision) {
        if (Arithmetic.isWhole(input)) {
            BigInteger whole = Arithmetic.whole(input, "");
            return new Value.Int(precision >= 0
                    ? whole
                    : new BigDecimal(whole).setScale(precision, RoundingMode.HALF_EVEN).toBigInteger());
        }
        double number = Arithmetic.asDouble(input);
        return Double.isFinite(number)
                ? new Value.Real(new BigDecimal(number).setScale(precision, RoundingMode.HALF_EVEN).doubleValue())
                : input;
    }
}
