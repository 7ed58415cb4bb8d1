package io.barista.modelservice.request;

import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;

/** Range checks of request fields; a value outside is the client's error and names the field. */
public final class Ranges {

    private Ranges() {}

    public static double between(String param, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw outside(param, "between %s and %s".formatted(plain(least), plain(most)), plain(value));
        }
        return value;
    }

    /** In (low, most]. */
    public static double aboveUpTo(String param, double value, double low, double most) {
        if (!(value > low && value <= most)) {
            throw outside(param, "above %s and at most %s".formatted(plain(low), plain(most)), plain(value));
        }
        return value;
    }

    public static double above(String param, double value, double low) {
        if (!(value > low)) {
            throw outside(param, "greater than " + plain(low), plain(value));
        }
        return value;
    }

    public static int between(String param, int value, int least, int most) {
        if (value < least || value > most) {
            throw outside(param, "between %d and %d".formatted(least, most), String.valueOf(value));
        }
        return value;
    }

    public static int atLeast(String param, int value, int least) {
        if (value < least) {
            throw outside(param, "at least " + least, String.valueOf(value));
        }
        return value;
    }

    private static ApiException outside(String param, String expected, String came) {
        return ApiException.of(ErrorCode.INVALID_VALUE, param, "%s must be %s, got %s.", param, expected, came);
    }

    private static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9
                ? String.valueOf((long) value)
                : String.valueOf(value);
    }
}
