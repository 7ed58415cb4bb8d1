package io.barista.engine.chat.jinja;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What filters with an {@code attribute} look at in an item: {@code a.b.0}, a number, or the item itself. */
final class ItemGetter {

    private final Python python;

    ItemGetter(Python python) {
        this.python = python;
    }

    /** @param attribute null for the item itself; standard takes the place of what is undefined, unless null */
    Value get(Value item, @Nullable Value attribute, @Nullable Value standard) {
        Value value = item;
        if (attribute instanceof Value.Text(String path)) {
            for (String part : path.split("\\.", -1)) {
                boolean number = !part.isEmpty() && part.length() < 10 && part.chars().allMatch(Character::isDigit);
                value = orStandard(python.access.item(value,
                        number ? Value.Int.of(Integer.parseInt(part)) : new Value.Text(part)), standard);
            }
        } else if (attribute != null && attribute != Value.None.NONE) {
            value = orStandard(python.access.item(value, attribute), standard);
        }
        return value;
    }

    /** Text in lower case, anything else as it is. */
    static Value ignoringCase(Value value) {
        return value instanceof Value.Text(String text) ? new Value.Text(text.toLowerCase(Locale.ROOT)) : value;
    }

    private static Value orStandard(Value value, @Nullable Value standard) {
        return value instanceof Value.Undefined && standard != null ? standard : value;
    }
}
