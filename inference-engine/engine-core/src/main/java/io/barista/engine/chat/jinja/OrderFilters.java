package io.barista.engine.chat.jinja;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Filters that compare items: sorted, unique, least and greatest, grouped. Text is compared in lower case unless told otherwise. */
final class OrderFilters {

    private final Python python;
    private final ItemGetter getter;

    OrderFilters(Python python) {
        this.python = python;
        this.getter = new ItemGetter(python);
    }

    void register(Map<String, Filter> filters) {
        filters.put("sort", this::sort);
        filters.put("dictsort", this::dictSort);
        filters.put("unique", this::unique);
        filters.put("groupby", this::groupBy);
        filters.put("min", (input, arguments) -> extreme("min", 1, input, arguments));
        filters.put("max", (input, arguments) -> extreme("max", -1, input, arguments));
    }

    private Value sort(Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("sort", "reverse", "case_sensitive", "attribute");
        boolean caseSensitive = bound.flag(1, false);
        List<Value> attributes = attributes(bound.get(2));
        return sorted(python.iteration.list(input), bound.flag(0, false), item -> new Value.ListValue(
                attributes.stream().map(attribute -> key(item, attribute, caseSensitive)).toList()));
    }

    /** {@code "a,b.c"} sorts by several. */
    private static List<Value> attributes(@Nullable Value attribute) {
        if (attribute instanceof Value.Text(String paths)) {
            return List.of(paths.split(",")).stream().map(path -> (Value) new Value.Text(path)).toList();
        }
        return List.of(attribute == null ? Value.None.NONE : attribute);
    }

    private Value dictSort(Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("dictsort", "case_sensitive", "by", "reverse");
        int place = switch (bound.text(1, "key")) {
            case "key" -> 0;
            case "value" -> 1;
            default -> throw JinjaException.runtime("You can only sort by either \"key\" or \"value\"");
        };
        return switch (input) {
            case Value.Dict dict -> sorted(python.collections.items(dict).items(), bound.flag(2, false),
                    pair -> key(pair, Value.Int.of(place), bound.flag(0, false)));
            case Value.Undefined undefined -> throw undefined.used();
            default -> throw JinjaException.runtime("'%s object' has no attribute 'items'", input.typeName());
        };
    }

    private Value sorted(List<Value> items, boolean reverse, UnaryOperator<Value> key) {
        record Keyed(Value key, Value item) {}
        Comparator<Keyed> order = (left, right) -> python.comparisons.order(left.key(), right.key(), "<");
        List<Keyed> keyed = new ArrayList<>(items.stream().map(item -> new Keyed(key.apply(item), item)).toList());
        keyed.sort(reverse ? order.reversed() : order);
        return python.budget.list(keyed.stream().map(Keyed::item).toList());
    }

    private Value unique(Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("unique", "case_sensitive", "attribute");
        return new Value.Generator(new LazyItems(() -> unique(python.iteration.list(input), bound).iterator()));
    }

    private List<Value> unique(List<Value> items, Arguments.Bound bound) {
        Set<Value> seen = new HashSet<>();
        python.budget.entries(items.size());
        List<Value> unique = new ArrayList<>();
        for (Value item : items) {
            if (seen.add(Value.Dict.key(key(item, bound.get(1), bound.flag(0, false))))) {
                unique.add(item);
            }
        }
        return unique;
    }

    private Value extreme(String name, int sign, Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind(name, "case_sensitive", "attribute");
        Value best = null;
        Value bestKey = null;
        for (Value item : python.iteration.list(input)) {
            Value key = key(item, bound.get(1), bound.flag(0, false));
            if (best == null || bestKey == null || sign * python.comparisons.order(key, bestKey, "<") < 0) {
                best = item;
                bestKey = key;
            }
        }
        return best == null ? new Value.Undefined("No aggregated item, sequence was empty.") : best;
    }

    private Value groupBy(Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("groupby", "attribute", "default", "case_sensitive");
        boolean caseSensitive = bound.flag(2, false);
        UnaryOperator<Value> key = item -> {
            Value value = getter.get(item, bound.required(0), bound.get(1));
            return caseSensitive ? value : ItemGetter.ignoringCase(value);
        };
        List<Value> groups = new ArrayList<>();
        List<Value> group = new ArrayList<>();
        Value last = null;
        for (Value item : python.iteration.list(sorted(python.iteration.list(input), false, key))) {
            Value current = key.apply(item);
            if (last == null || !python.comparisons.equal(last, current)) {
                group = new ArrayList<>();
                groups.add(new Value.Tuple(
                        List.of(getter.get(item, bound.required(0), bound.get(1)), new Value.ListValue(group)),
                        List.of("grouper", "list")));
                last = current;
            }
            group.add(item);
        }
        return python.budget.list(groups);
    }

    private Value key(Value item, @Nullable Value attribute, boolean caseSensitive) {
        Value value = getter.get(item, attribute, null);
        return caseSensitive ? value : ItemGetter.ignoringCase(value);
    }
}
