package io.barista.engine.chat.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The {@code loop} of a for: where it stands, and, where it is recursive, itself to be called. Items are read as late as possible. */
final class LoopValue implements Callable {

    private final Budget budget;
    private final Comparisons comparisons;
    private final int depth0;
    private final @Nullable UnaryOperator<Value> recursion;

    private Iterator<Value> rest;
    private long length;
    private long index0 = -1;
    private @Nullable Value previous;
    private @Nullable Value current;
    private @Nullable Value next;
    private @Nullable List<Value> lastChanged;

    /**
     * @param length    of the items; negative when it is to be counted
     * @param recursion renders the loop's body for other items, null if the loop is not marked as recursive
     */
    LoopValue(Python python, Iterator<Value> items, long length, int depth0,
            @Nullable UnaryOperator<Value> recursion) {
        this.budget = python.budget;
        this.comparisons = python.comparisons;
        this.rest = items;
        this.length = length;
        this.depth0 = depth0;
        this.recursion = recursion;
    }

    /** The next item, null at the end. */
    @Nullable
    Value advance() {
        Value item = peek();
        if (item != null) {
            next = null;
            index0++;
            previous = current;
            current = item;
        }
        return item;
    }

    @Override
    public Value call(Arguments arguments) {
        if (recursion == null) {
            throw JinjaException
                    .runtime("The loop must have the 'recursive' marker to be called recursively.");
        }
        return recursion.apply(arguments.bind("loop", "iterable").required(0));
    }

    @Override
    public Optional<Value> attribute(String name) {
        return Optional.ofNullable(switch (name) {
            case "index" -> Value.Int.of(index0 + 1);
            case "index0" -> Value.Int.of(index0);
            case "revindex" -> Value.Int.of(length() - index0);
            case "revindex0" -> Value.Int.of(length() - index0 - 1);
            case "first" -> Value.Bool.of(index0 == 0);
            case "last" -> Value.Bool.of(peek() == null);
            case "length" -> Value.Int.of(length());
            case "depth" -> Value.Int.of(depth0 + 1L);
            case "depth0" -> Value.Int.of(depth0);
            case "previtem" -> previous == null ? new Value.Undefined("there is no previous item") : previous;
            case "nextitem" -> {
                Value item = peek();
                yield item == null ? new Value.Undefined("there is no next item") : item;
            }
            case "cycle" -> new Function(name, this::cycle);
            case "changed" -> new Function(name, arguments -> Value.Bool.of(changed(arguments.positional())));
            default -> null;
        });
    }

    private @Nullable Value peek() {
        if (next == null && rest.hasNext()) {
            next = rest.next();
        }
        return next;
    }

    private long length() {
        if (length < 0) {
            List<Value> remaining = new ArrayList<>();
            while (rest.hasNext()) {
                budget.entries(1);
                remaining.add(rest.next());
            }
            rest = remaining.iterator();
            length = index0 + 1 + remaining.size() + (next == null ? 0 : 1);
        }
        return length;
    }

    private Value cycle(Arguments arguments) {
        if (arguments.positional().isEmpty()) {
            throw JinjaException.runtime("no items for cycling given");
        }
        return arguments.positional().get((int) (index0 % arguments.positional().size()));
    }

    private boolean changed(List<Value> values) {
        boolean same = lastChanged != null
                && comparisons.equal(new Value.ListValue(lastChanged), new Value.ListValue(values));
        lastChanged = values;
        return !same;
    }
}
