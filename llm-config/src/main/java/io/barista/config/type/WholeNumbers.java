package io.barista.config.type;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whole numbers as YAML, JSON and flags write them, numeric text and vLLM's units included. */
final class WholeNumbers {

    private static final Pattern PLAIN = Pattern.compile("[+-]?[0-9][0-9_]*");
    private static final Pattern WITH_UNIT = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)([kKmMgGtT])");
    private static final Map<String, BigDecimal> UNITS = Map.of("k", decimal(3), "m", decimal(6), "g", decimal(9), "t",
            decimal(12), "K", binary(10), "M", binary(20), "G", binary(30), "T", binary(40));

    private WholeNumbers() {}

    /** Empty when {@code raw} is no whole number. */
    static Optional<BigInteger> parse(Object raw, boolean units) {
        return switch (raw) {
            case Integer number -> Optional.of(BigInteger.valueOf(number));
            case Long number -> Optional.of(BigInteger.valueOf(number));
            case BigInteger number -> Optional.of(number);
            case BigDecimal number -> whole(number);
            case Double number when Double.isFinite(number) -> whole(BigDecimal.valueOf(number));
            case String text -> parseText(text.strip(), units);
            default -> Optional.empty();
        };
    }

    private static Optional<BigInteger> parseText(String text, boolean units) {
        if (text.length() > 40) {
            return Optional.empty();
        }
        if (PLAIN.matcher(text).matches()) {
            return Optional.of(new BigInteger(text.replace("_", "")));
        }
        Matcher matcher = WITH_UNIT.matcher(text);
        if (!units || !matcher.matches()) {
            return Optional.empty();
        }
        String unit = matcher.group(2);
        String number = matcher.group(1);
        boolean isBinary = Character.isUpperCase(unit.charAt(0));
        if (isBinary && number.contains(".")) {
            return Optional.empty(); // as vLLM: 1.5k is 1500, 1.5K is a mistake
        }
        return whole(new BigDecimal(number).multiply(UNITS.get(unit)));
    }

    private static Optional<BigInteger> whole(BigDecimal number) {
        if (Math.abs((long) number.scale()) > 400) {
            return Optional.empty(); // 1e999999999 would fill the memory with zeros
        }
        BigDecimal stripped = number.stripTrailingZeros();
        return stripped.scale() <= 0 ? Optional.of(stripped.toBigIntegerExact()) : Optional.empty();
    }

    private static BigDecimal decimal(int exponent) {
        return BigDecimal.TEN.pow(exponent);
    }

    private static BigDecimal binary(int exponent) {
        return BigDecimal.TWO.pow(exponent);
    }
}
