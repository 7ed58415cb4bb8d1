package io.barista.engine.chat.jinja;

import java.time.LocalDateTime;
import java.time.format.TextStyle;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** C's {@code strftime} with English names, for a time without a zone. */
final class TimeFormat {

    private TimeFormat() {}

    static String format(LocalDateTime time, String format) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                out.append(c);
                continue;
            }
            char flag = format.charAt(++i);
            if ("-_0^".indexOf(flag) >= 0 && i + 1 < format.length()) {
                out.append(flagged(directive(time, format.charAt(++i)), flag));
            } else {
                out.append(directive(time, flag));
            }
        }
        return out.toString();
    }

    private static String flagged(String text, char flag) {
        String bare = text.replaceFirst("^[0 ]+(?=.)", "");
        return switch (flag) {
            case '-' -> bare;
            case '_' -> " ".repeat(text.length() - bare.length()) + bare;
            case '0' -> "0".repeat(text.length() - bare.length()) + bare;
            default -> text.toUpperCase(Locale.ROOT);
        };
    }

    private static String directive(LocalDateTime time, char directive) {
        return switch (directive) {
            case 'a' -> time.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'A' -> time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'b', 'h' -> time.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'B' -> time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'c' -> format(time, "%a %b %e %H:%M:%S %Y");
            case 'C' -> padded(time.getYear() / 100, 2);
            case 'd' -> padded(time.getDayOfMonth(), 2);
            case 'D', 'x' -> format(time, "%m/%d/%y");
            case 'e' -> "%2d".formatted(time.getDayOfMonth());
            case 'f' -> padded(time.getNano() / 1000, 6);
            case 'F' -> format(time, "%Y-%m-%d");
            case 'G' -> Integer.toString(time.get(IsoFields.WEEK_BASED_YEAR));
            case 'H' -> padded(time.getHour(), 2);
            case 'I' -> padded(twelveHour(time), 2);
            case 'j' -> padded(time.getDayOfYear(), 3);
            case 'k' -> "%2d".formatted(time.getHour());
            case 'l' -> "%2d".formatted(twelveHour(time));
            case 'm' -> padded(time.getMonthValue(), 2);
            case 'M' -> padded(time.getMinute(), 2);
            case 'n' -> "\n";
            case 'p' -> time.getHour() < 12 ? "AM" : "PM";
            case 'P' -> time.getHour() < 12 ? "am" : "pm";
            case 'r' -> format(time, "%I:%M:%S %p");
            case 'R' -> format(time, "%H:%M");
            case 's' -> Long.toString(ChronoUnit.SECONDS.between(LocalDateTime.of(1970, 1, 1, 0, 0), time));
            case 'S' -> padded(time.getSecond(), 2);
            case 't' -> "\t";
            case 'T', 'X' -> format(time, "%H:%M:%S");
            case 'u' -> Integer.toString(time.getDayOfWeek().getValue());
            case 'U' -> padded((time.getDayOfYear() + 6 - time.getDayOfWeek().getValue() % 7) / 7, 2);
            case 'V' -> padded(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), 2);
            case 'w' -> Integer.toString(time.getDayOfWeek().getValue() % 7);
            case 'W' -> padded((time.getDayOfYear() + 6 - (time.getDayOfWeek().getValue() - 1)) / 7, 2);
            case 'y' -> padded(time.getYear() % 100, 2);
            case 'Y' -> Integer.toString(time.getYear());
            case 'z', 'Z' -> "";
            case '%' -> "%";
            default -> "%" + directive;
        };
    }

    private static int twelveHour(LocalDateTime time) {
        return (time.getHour() + 11) % 12 + 1;
    }

    private static String padded(int number, int width) {
        String digits = Integer.toString(number);
        return "0".repeat(Math.max(0, width - digits.length())) + digits;
    }
}
