package io.barista.engine.chat.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers in the forms of C's printf, which Python's formatting shares. */
final class NumberFormat {

    private NumberFormat() {}

    static BigInteger whole(Value value) {
        return value instanceof Value.Real(double number)
                ? new BigDecimal(number).toBigInteger()
                : Arithmetic.whole(value, "a number is required");
    }

    /** @param type one of {@code f e g}, or in capitals */
    static String real(double number, char type, int precision) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            return PythonText.number(number);
        }
        String text = switch (Character.toLowerCase(type)) {
            case 'f' -> new BigDecimal(number).setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
            case 'e' -> scientific(number, precision);
            default -> general(number, Math.max(1, precision));
        };
        boolean negativeZero = 1 / number < 0 && !text.startsWith("-");
        String signed = negativeZero || number < 0 && !text.startsWith("-") ? "-" + text : text;
        return Character.isUpperCase(type) ? signed.toUpperCase(Locale.ROOT) : signed;
    }

    private static String scientific(double number, int precision) {
        BigDecimal rounded = number == 0
                ? BigDecimal.ZERO
                : new BigDecimal(number).round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
        int exponent = number == 0 ? 0 : rounded.precision() - rounded.scale() - 1;
        String mantissa = rounded.movePointLeft(exponent).setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
        return mantissa + "e" + (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }

    private static String general(double number, int precision) {
        if (number == 0) {
            return "0";
        }
        BigDecimal rounded = new BigDecimal(number).round(new MathContext(precision, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent >= -4 && exponent < precision) {
            return rounded.stripTrailingZeros().toPlainString();
        }
        String text = scientific(number, precision - 1);
        int e = text.indexOf('e');
        String mantissa = text.substring(0, e);
        return (mantissa.contains(".") ? mantissa.replaceAll("\\.?0+$", "") : mantissa) + text.substring(e);
    }

    /** With the sign that the flags {@code +} and blank ask of a number that is not negative. */
    static String signed(String number, String flags) {
        if (number.startsWith("-")) {
            return number;
        }
        return flags.contains("+") ? "+" + number : flags.contains(" ") ? " " + number : number;
    }

    /** @param alignment {@code < > ^}, or {@code =} to fill between sign and digits */
    static String padded(String text, int width, char alignment, char fill) {
        int missing = width - text.codePointCount(0, text.length());
        if (missing <= 0) {
            return text;
        }
        String filling = Character.toString(fill);
        return switch (alignment) {
            case '<' -> text + filling.repeat(missing);
            case '^' -> filling.repeat(missing / 2) + text + filling.repeat(missing - missing / 2);
            case '=' -> {
                int sign = !text.isEmpty() && "+- ".indexOf(text.charAt(0)) >= 0 ? 1 : 0;
                yield text.substring(0, sign) + filling.repeat(missing) + text.substring(sign);
            }
            default -> filling.repeat(missing) + text;
        };
    }
}
