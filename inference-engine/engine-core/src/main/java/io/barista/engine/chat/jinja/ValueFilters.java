package io.barista.engine.chat.jinja;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Filters for any value. */
final class ValueFilters {

    private final Python python;

    ValueFilters(Python python) {
        this.python = python;
    }

    void register(Map<String, Filter> filters) {
        filters.put("default", ValueFilters::orDefault);
        filters.put("d", ValueFilters::orDefault);
        filters.put("items", this::items);
        filters.put("attr", this::attribute);
        filters.put("tojson", this::toJson);
    }

    private static Value orDefault(Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("default", "default_value", "boolean");
        boolean missing = input instanceof Value.Undefined || bound.flag(1, false) && !input.isTrue();
        return missing ? bound.get(0, new Value.Text("")) : input;
    }

    private Value items(Value input, Arguments arguments) {
        arguments.bind("items");
        return new Value.Generator(new LazyItems(() -> pairs(input).iterator()));
    }

    private List<Value> pairs(Value input) {
        return switch (input) {
            case Value.Dict dict -> python.collections.items(dict).items();
            case Value.Undefined _ -> List.of();
            default -> throw JinjaException.runtime("Can only get item pairs from a mapping.");
        };
    }

    /** Methods only, never keys. */
    private Value attribute(Value input, Arguments arguments) {
        String name = arguments.bind("attr", "name").text(0);
        return python.access.ownAttribute(input, name);
    }

    private Value toJson(Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("tojson", "ensure_ascii", "indent", "separators", "sort_keys");
        @Nullable
        String indent = indent(bound);
        List<Value> separators = bound.get(2) == null || bound.get(2) == Value.None.NONE
                ? List.of(new Value.Text(indent == null ? ", " : ","), new Value.Text(": "))
                : python.iteration.list(bound.required(2));
        if (separators.size() != 2) {
            throw JinjaException.runtime("separators must be two texts");
        }
        return python.budget.text(new Json(python.budget, bound.flag(0, false), indent, python.str(separators.get(0)),
                python.str(separators.get(1)), bound.flag(3, false)).write(input));
    }

    private @Nullable String indent(Arguments.Bound bound) {
        return switch (bound.get(1)) {
            case null -> null;
            case Value.None _ -> null;
            case Value.Text(String text) -> text;
            default -> {
                python.budget.characters(bound.integer(1));
                yield " ".repeat(Math.max(0, bound.integer(1)));
            }
        };
    }
}
