package io.barista.engine.chat.jinja;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Python's {@code json.dumps}: key order kept, floats as Python writes them, nothing escaped for HTML.
 *
 * @param indent null for one line
 */
record Json(Budget budget, boolean asciiOnly, @Nullable String indent, String itemSeparator, String keySeparator,
        boolean sortKeys) {

    String write(Value value) {
        StringBuilder out = new StringBuilder();
        write(value, 0, out);
        return out.toString();
    }

    private void write(Value value, int level, StringBuilder out) {
        budget.enter();
        int start = out.length();
        switch (value) {
            case Value.None _ -> out.append("null");
            case Value.Bool bool -> out.append(bool.isTrue() ? "true" : "false");
            case Value.Int(var number) -> out.append(number);
            case Value.Real(double number) -> out.append(number(number));
            case Value.Text(String text) -> quote(text, out);
            case Value.ListValue(List<Value> items) -> writeList(items, level, out);
            case Value.Tuple tuple -> writeList(tuple.items(), level, out);
            case Value.Dict(Map<Value, Value> entries) -> writeDict(entries, level, out);
            case Value.Range _,Value.View _,Value.Generator _,Value.Undefined _,Value.Namespace _,Callable _ ->
                throw JinjaException.runtime("Object of type %s is not JSON serializable", value.typeName());
        }
        budget.characters(out.length() - start);
        budget.leave();
    }

    private void writeList(List<Value> items, int level, StringBuilder out) {
        out.append('[');
        for (int i = 0; i < items.size(); i++) {
            separate(i, level + 1, out);
            write(items.get(i), level + 1, out);
        }
        end(items.isEmpty(), level, out);
        out.append(']');
    }

    private void writeDict(Map<Value, Value> entries, int level, StringBuilder out) {
        out.append('{');
        List<Map.Entry<Value, Value>> ordered = new ArrayList<>(entries.entrySet());
        if (sortKeys) {
            ordered.sort(Comparator.comparing(entry -> key(entry.getKey())));
        }
        for (int i = 0; i < ordered.size(); i++) {
            separate(i, level + 1, out);
            quote(key(ordered.get(i).getKey()), out);
            out.append(keySeparator);
            write(ordered.get(i).getValue(), level + 1, out);
        }
        end(entries.isEmpty(), level, out);
        out.append('}');
    }

    private static String key(Value key) {
        return switch (key) {
            case Value.Text(String text) -> text;
            case Value.Int(var number) -> number.toString();
            case Value.Real(double number) -> number(number);
            case Value.None _ -> "null";
            default -> throw JinjaException.runtime("keys must be str, int, float, bool or None, not %s",
                    key.typeName());
        };
    }

    private void separate(int index, int level, StringBuilder out) {
        out.append(index == 0 ? "" : itemSeparator);
        newLine(level, out);
    }

    private void end(boolean empty, int level, StringBuilder out) {
        if (!empty) {
            newLine(level, out);
        }
    }

    private void newLine(int level, StringBuilder out) {
        if (indent != null) {
            budget.characters((long) indent.length() * level);
            out.append('\n').repeat(indent, level);
        }
    }

    private static String number(double number) {
        if (Double.isNaN(number)) {
            return "NaN";
        }
        return Double.isInfinite(number) ? number > 0 ? "Infinity" : "-Infinity" : PythonText.number(number);
    }

    private void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\f' -> out.append("\\f");
                case '\b' -> out.append("\\b");
                default -> {
                    if (c < ' ' || asciiOnly && c > '~') {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
