package io.barista.engine.chat.jinja;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Python's {@code str()} and {@code repr()}. */
final class PythonText {

    /** From here on Python writes floats with an exponent. */
    private static final int LARGEST_PLAIN_EXPONENT = 16;
    private static final int SMALLEST_PLAIN_EXPONENT = -4;

    private final Budget budget;

    PythonText(Budget budget) {
        this.budget = budget;
    }

    /** {@code str(value)} */
    String str(Value value) {
        return switch (value) {
            case Value.Text(String text) -> text;
            case Value.Undefined _ -> "";
            case Value.None _,Value.Bool _,Value.Int _,Value.Real _,Value.ListValue _,Value.Tuple _,Value.Dict _,Value.Range _,Value.View _,Value.Generator _,Value.Namespace _,Callable _ ->
                repr(value);
        };
    }

    /** {@code repr(value)} */
    String repr(Value value) {
        StringBuilder out = new StringBuilder();
        repr(value, out);
        return out.toString();
    }

    private void repr(Value value, StringBuilder out) {
        budget.enter();
        int start = out.length();
        switch (value) {
            case Value.None _ -> out.append("None");
            case Value.Bool bool -> out.append(bool.isTrue() ? "True" : "False");
            case Value.Int(var number) -> out.append(number);
            case Value.Real(double number) -> out.append(number(number));
            case Value.Text(String text) -> out.append(quoted(text));
            case Value.ListValue(List<Value> items) -> sequence(items, "[", "]", out);
            case Value.Tuple tuple -> sequence(tuple.items(), "(", tuple.items().size() == 1 ? ",)" : ")", out);
            case Value.Dict(Map<Value, Value> entries) -> dict(entries, out);
            case Value.Range range -> out.append("range(").append(range.start()).append(", ").append(range.stop())
                    .append(range.step() == 1 ? "" : ", " + range.step()).append(')');
            case Value.View view -> {
                out.append(view.typeName());
                sequence(view.items(), "([", "])", out);
            }
            case Value.Undefined _ -> out.append("Undefined");
            case Value.Namespace(Map<String, Value> attributes) -> {
                out.append("<Namespace ");
                List<Value> names = new ArrayList<>();
                attributes.forEach((name, attribute) -> names.add(Value.Tuple.of(new Value.Text(name), attribute)));
                sequence(names, "{", "}", out);
                out.append('>');
            }
            case Value.Generator _,Callable _ -> out.append('<').append(value.typeName()).append('>');
        }
        budget.characters(out.length() - start);
        budget.leave();
    }

    private void sequence(List<Value> items, String open, String close, StringBuilder out) {
        out.append(open);
        for (int i = 0; i < items.size(); i++) {
            out.append(i == 0 ? "" : ", ");
            repr(items.get(i), out);
        }
        out.append(close);
    }

    private void dict(Map<Value, Value> entries, StringBuilder out) {
        String separator = "{";
        for (Map.Entry<Value, Value> entry : entries.entrySet()) {
            out.append(separator);
            repr(entry.getKey(), out);
            out.append(": ");
            repr(entry.getValue(), out);
            separator = ", ";
        }
        out.append(entries.isEmpty() ? "{}" : "}");
    }

    /** The shortest text that reads back as the same float, as Python writes it: {@code 1e-05}, {@code 100000.0}. */
    static String number(double number) {
        if (Double.isNaN(number)) {
            return "nan";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        }
        if (number == 0) {
            return 1 / number < 0 ? "-0.0" : "0.0";
        }
        BigDecimal shortest = new BigDecimal(Double.toString(number)).stripTrailingZeros();
        String digits = shortest.unscaledValue().abs().toString();
        int exponent = digits.length() - shortest.scale() - 1;
        String sign = number < 0 ? "-" : "";
        if (exponent < SMALLEST_PLAIN_EXPONENT || exponent >= LARGEST_PLAIN_EXPONENT) {
            String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
            return sign + digits.charAt(0) + fraction + "e" + (exponent < 0 ? "-" : "+")
                    + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
        }
        String plain = shortest.abs().toPlainString();
        return sign + plain + (plain.indexOf('.') < 0 ? ".0" : "");
    }

    private static String quoted(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder out = new StringBuilder(text.length() + 2).append(quote);
        text.codePoints().forEach(point -> quote(point, quote, out));
        return out.append(quote).toString();
    }

    private static void quote(int point, char quote, StringBuilder out) {
        switch (point) {
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            case '\\' -> out.append("\\\\");
            default -> {
                if (point == quote) {
                    out.append('\\').append(quote);
                } else if (isPrintable(point)) {
                    out.appendCodePoint(point);
                } else {
                    out.append(point < 0x100
                            ? "\\x%02x".formatted(point)
                            : point < 0x10000 ? "\\u%04x".formatted(point) : "\\U%08x".formatted(point));
                }
            }
        }
    }

    private static boolean isPrintable(int point) {
        return point == ' ' || switch (Character.getType(point)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
                    Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SPACE_SEPARATOR ->
                false;
            default -> true;
        };
    }
}
