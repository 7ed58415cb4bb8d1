package io.barista.engine.chat.jinja;

import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Python's {@code format % values}. */
final class PercentFormat {

    private static final Pattern SPECIFICATION = Pattern
            .compile(
                    "%(?:\\((?<key>[^)]*)\\))?(?<flags>[-+ #0]*)(?<width>\\d+)?(?:\\.(?<precision>\\d+))?[hlL]?(?<type>.?)");

    private final Budget budget;
    private final PythonText texts;

    PercentFormat(Budget budget, PythonText texts) {
        this.budget = budget;
        this.texts = texts;
    }

    String format(String format, Value values) {
        Iterator<Value> arguments = (values instanceof Value.Tuple tuple ? tuple.items() : List.of(values)).iterator();
        Matcher matcher = SPECIFICATION.matcher(format);
        StringBuilder out = new StringBuilder();
        boolean byKey = false;
        int copied = 0;
        while (matcher.find()) {
            out.append(format, copied, matcher.start());
            copied = matcher.end();
            String type = matcher.group("type");
            if (type.equals("%")) {
                out.append('%');
                continue;
            }
            @Nullable
            String key = matcher.group("key");
            byKey |= key != null;
            Value value = key == null ? next(arguments) : entry(values, key);
            budget.append(out, formatted(value, matcher, type));
        }
        out.append(format, copied, format.length());
        boolean mapping = values instanceof Value.Dict || values instanceof Value.ListValue
                || values instanceof Value.Range;
        if (!byKey && arguments.hasNext() && !mapping) {
            throw JinjaException.runtime("not all arguments converted during string formatting");
        }
        return out.toString();
    }

    private static Value next(Iterator<Value> arguments) {
        if (!arguments.hasNext()) {
            throw JinjaException.runtime("not enough arguments for format string");
        }
        return arguments.next();
    }

    private static Value entry(Value values, String key) {
        Value value = values instanceof Value.Dict dict ? dict.get(key) : null;
        if (value == null) {
            throw JinjaException.runtime("format requires a mapping with the key '%s'", key);
        }
        return value;
    }

    private String formatted(Value value, Matcher specification, String type) {
        String flags = specification.group("flags");
        int width = number(specification.group("width"), 0);
        int precision = number(specification.group("precision"), -1);
        budget.characters((long) width + Math.max(0, precision));
        String text = switch (type) {
            case "s", "r", "a" -> {
                String written = type.equals("s") ? texts.str(value) : texts.repr(value);
                yield precision >= 0 && precision < written.length() ? written.substring(0, precision) : written;
            }
            case "d", "i", "u" -> NumberFormat.signed(NumberFormat.whole(value).toString(), flags);
            case "x" -> NumberFormat.signed(NumberFormat.whole(value).toString(16), flags);
            case "X" -> NumberFormat.signed(NumberFormat.whole(value).toString(16).toUpperCase(Locale.ROOT), flags);
            case "o" -> NumberFormat.signed(NumberFormat.whole(value).toString(8), flags);
            case "f", "F", "e", "E", "g", "G" -> NumberFormat.signed(
                    NumberFormat.real(Arithmetic.asDouble(value), type.charAt(0), precision < 0 ? 6 : precision),
                    flags);
            case "c" -> texts.str(value);
            default -> throw JinjaException.runtime("unsupported format character '%s'", type);
        };
        return NumberFormat.padded(text, width, flags.contains("-")
                ? '<'
                : flags.contains("0") && !"sra".contains(type)
                        ? '='
                        : '>',
                flags.contains("0") && !flags.contains("-") && !"sra".contains(type) ? '0' : ' ');
    }

    private static int number(@Nullable String digits, int standard) {
        if (digits == null) {
            return standard;
        }
        if (digits.length() > 8) {
            throw JinjaException.limit("the width or precision %s is too large", digits);
        }
        return Integer.parseInt(digits);
    }
}
