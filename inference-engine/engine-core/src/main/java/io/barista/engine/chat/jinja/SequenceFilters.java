package io.barista.engine.chat.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Filters on sequences that keep their order. */
final class SequenceFilters {

    private final Python python;
    private final ItemGetter getter;

    SequenceFilters(Python python) {
        this.python = python;
        this.getter = new ItemGetter(python);
    }

    void register(Map<String, Filter> filters) {
        filters.put("list", (input, _) -> python.budget.list(python.iteration.list(input)));
        filters.put("length", (input, _) -> Value.Int.of(python.iteration.length(input)));
        filters.put("count", (input, _) -> Value.Int.of(python.iteration.length(input)));
        filters.put("first", this::first);
        filters.put("last", this::last);
        filters.put("join", this::join);
        filters.put("reverse", this::reverse);
        filters.put("sum", this::sum);
        filters.put("batch", this::batch);
        filters.put("slice", this::slice);
    }

    private Value first(Value input, Arguments arguments) {
        arguments.bind("first");
        Iterator<Value> items = python.iteration.iterate(input);
        return items.hasNext() ? items.next() : new Value.Undefined("No first item, sequence was empty.");
    }

    private Value last(Value input, Arguments arguments) {
        arguments.bind("last");
        refuseGenerator(input);
        List<Value> items = python.iteration.list(input);
        return items.isEmpty() ? new Value.Undefined("No last item, sequence was empty.") : items.getLast();
    }

    private Value join(Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("join", "d", "attribute");
        String separator = python.str(bound.get(0, new Value.Text("")));
        StringBuilder joined = new StringBuilder();
        boolean first = true;
        for (Value item : python.iteration.list(input)) {
            python.budget.append(joined, first ? "" : separator);
            python.budget.append(joined, python.str(getter.get(item, bound.get(1), null)));
            first = false;
        }
        return new Value.Text(joined.toString());
    }

    private Value reverse(Value input, Arguments arguments) {
        arguments.bind("reverse");
        if (input instanceof Value.Text(String text)) {
            return python.budget.text(new StringBuilder(text).reverse().toString());
        }
        return new Value.Generator(python.iteration.list(input).reversed().iterator());
    }

    private Value sum(Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("sum", "attribute", "start");
        Value sum = bound.get(1, Value.Int.of(0));
        for (Value item : python.iteration.list(input)) {
            sum = python.arithmetic.apply(Expression.ArithmeticOperator.ADD, sum,
                    getter.get(item, bound.get(0), null));
        }
        return sum;
    }

    private Value batch(Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("batch", "linecount", "fill_with");
        int size = positive(bound.integer(0));
        @Nullable
        Value filling = bound.get(1);
        return new Value.Generator(
                new LazyItems(() -> batches(python.iteration.list(input), size, filling).iterator()));
    }

    private List<Value> batches(List<Value> items, int size, @Nullable Value filling) {
        List<Value> batches = new ArrayList<>();
        for (int start = 0; start < items.size(); start += size) {
            List<Value> batch = new ArrayList<>(items.subList(start, Math.min(items.size(), start + size)));
            if (filling != null && filling != Value.None.NONE) {
                python.budget.entries(size);
                batch.addAll(Collections.nCopies(size - batch.size(), filling));
            }
            batches.add(new Value.ListValue(batch));
        }
        return batches;
    }

    /** As many lists as asked for; the first ones get one more item where it does not divide evenly. */
    private Value slice(Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("slice", "slices", "fill_with");
        int slices = positive(bound.integer(0));
        @Nullable
        Value filling = bound.get(1);
        return new Value.Generator(
                new LazyItems(() -> slices(python.iteration.list(input), slices, filling).iterator()));
    }

    private List<Value> slices(List<Value> items, int slices, @Nullable Value filling) {
        python.budget.entries(slices);
        int size = items.size() / slices;
        int longer = items.size() % slices;
        List<Value> parts = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < slices; i++) {
            int end = start + size + (i < longer ? 1 : 0);
            List<Value> part = new ArrayList<>(items.subList(start, end));
            if (i >= longer && filling != null && filling != Value.None.NONE) {
                part.add(filling);
            }
            parts.add(new Value.ListValue(part));
            start = end;
        }
        return parts;
    }

    private static int positive(int count) {
        if (count <= 0) {
            throw JinjaException.runtime("a positive number is required, not %d", count);
        }
        return count;
    }

    static void refuseGenerator(Value input) {
        if (input instanceof Value.Generator) {
            throw JinjaException.runtime("'generator' object is not reversible");
        }
    }
}
