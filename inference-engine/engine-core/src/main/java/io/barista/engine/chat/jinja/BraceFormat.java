package io.barista.engine.chat.jinja;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Python's {@code "{} {0} {name!r:>8}".format(...)}. Attributes and indexes of fields are refused, as they are of no use here. */
final class BraceFormat {

    private static final Pattern FIELD = Pattern.compile("\\{\\{|}}|\\{(?<name>\\w*)(?:!(?<conversion>[rsa]))?"
            + "(?::(?<specification>[^{}]*))?}|[{}]");
    private static final Pattern SPECIFICATION = Pattern.compile("(?:(?<fill>.)?(?<alignment>[<>^=]))?(?<sign>[-+ ])?"
            + "(?<alternate>#)?(?<zero>0)?(?<width>\\d{1,6})?(?<comma>,)?(?:\\.(?<precision>\\d{1,4}))?(?<type>[a-zA-Z%])?",
            Pattern.DOTALL);

    private final Budget budget;
    private final PythonText texts;

    BraceFormat(Budget budget, PythonText texts) {
        this.budget = budget;
        this.texts = texts;
    }

    String format(String format, Arguments arguments) {
        Matcher field = FIELD.matcher(format);
        StringBuilder out = new StringBuilder();
        int next = 0;
        int copied = 0;
        while (field.find()) {
            out.append(format, copied, field.start());
            copied = field.end();
            @Nullable
            String name = field.group("name");
            if (name == null) {
                out.append(brace(field.group()));
                continue;
            }
            Value value = argument(name.isEmpty() ? Integer.toString(next++) : name, arguments);
            @Nullable
            String specification = field.group("specification");
            @Nullable
            String conversion = field.group("conversion");
            budget.append(out, formatted(conversion == null ? value : new Value.Text(converted(value, conversion)),
                    specification));
        }
        return out.append(format, copied, format.length()).toString();
    }

    private static char brace(String found) {
        if (found.length() == 1) {
            throw JinjaException.runtime("Single '%s' encountered in format string", found);
        }
        return found.charAt(0);
    }

    private static Value argument(String name, Arguments arguments) {
        if (!Character.isDigit(name.charAt(0))) {
            Value value = arguments.named().get(name);
            if (value == null) {
                throw JinjaException.runtime("format() has no argument '%s'", name);
            }
            return value;
        }
        if (name.length() > 6 || Integer.parseInt(name) >= arguments.positional().size()) {
            throw JinjaException.runtime("Replacement index %s out of range for positional args tuple", name);
        }
        return arguments.positional().get(Integer.parseInt(name));
    }

    private String converted(Value value, String conversion) {
        return conversion.equals("s") ? texts.str(value) : texts.repr(value);
    }

    private String formatted(Value value, @Nullable String specification) {
        if (specification == null || specification.isEmpty()) {
            return texts.str(value);
        }
        Matcher parsed = SPECIFICATION.matcher(specification);
        if (!parsed.matches()) {
            throw JinjaException.runtime("Invalid format specifier '%s'", specification);
        }
        boolean number = Arithmetic.isNumber(value);
        boolean zero = parsed.group("zero") != null;
        String alignment = text(parsed.group("alignment"), number ? zero ? "=" : ">" : "<");
        char fill = text(parsed.group("fill"), zero ? "0" : " ").charAt(0);
        int width = Integer.parseInt(text(parsed.group("width"), "0"));
        budget.characters(width);
        return NumberFormat.padded(number ? number(value, parsed) : cut(texts.str(value), parsed), width,
                alignment.charAt(0), fill);
    }

    private static String cut(String text, Matcher specification) {
        int precision = Integer.parseInt(text(specification.group("precision"), "-1"));
        int length = text.codePointCount(0, text.length());
        return precision < 0 || precision >= length ? text : text.substring(0, text.offsetByCodePoints(0, precision));
    }

    private String number(Value value, Matcher specification) {
        @Nullable
        String precision = specification.group("precision");
        int digits = Integer.parseInt(text(precision, "6"));
        String type = text(specification.group("type"), "");
        String plain = switch (type) {
            case "d", "n" -> NumberFormat.whole(value).toString();
            case "x" -> NumberFormat.whole(value).toString(16);
            case "X" -> NumberFormat.whole(value).toString(16).toUpperCase(Locale.ROOT);
            case "o" -> NumberFormat.whole(value).toString(8);
            case "b" -> NumberFormat.whole(value).toString(2);
            case "f", "F", "e", "E", "g", "G" -> NumberFormat.real(Arithmetic.asDouble(value), type.charAt(0), digits);
            case "%" -> NumberFormat.real(Arithmetic.asDouble(value) * 100, 'f', digits) + "%";
            case "" -> precision == null
                    ? texts.str(value)
                    : NumberFormat.real(Arithmetic.asDouble(value), 'g', digits);
            default -> throw JinjaException.runtime("Unknown format code '%s' for object of type '%s'", type,
                    value.typeName());
        };
        String grouped = specification.group("comma") == null ? plain : grouped(plain);
        return NumberFormat.signed(grouped, text(specification.group("sign"), ""));
    }

    /** With commas between groups of three digits before the point. */
    private static String grouped(String number) {
        int point = number.indexOf('.') < 0 ? number.length() : number.indexOf('.');
        return number.substring(0, point).replaceAll("(?<=\\d)(?=(\\d{3})+$)", ",") + number.substring(point);
    }

    private static String text(@Nullable String group, String standard) {
        return group == null ? standard : group;
    }
}
