package io.barista.engine.chat.jinja;

import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The functions that every template has: Jinja's, and those that Hugging Face adds for chat templates. */
final class Globals {

    /** As in Jinja's sandbox. */
    private static final long LONGEST_RANGE = 100_000;

    private final Python python;
    private final Supplier<LocalDateTime> now;

    Globals(Python python, Supplier<LocalDateTime> now) {
        this.python = python;
        this.now = now;
    }

    Map<String, Value> functions() {
        Map<String, Value> functions = new HashMap<>();
        register(functions, "range", this::range);
        register(functions, "dict", arguments -> new Value.Dict(entries("dict", arguments)));
        register(functions, "namespace", this::namespace);
        register(functions, "cycler", Cycler::new);
        register(functions, "joiner", this::joiner);
        register(functions, "raise_exception", this::raise);
        register(functions, "strftime_now", arguments -> python.budget
                .text(TimeFormat.format(now.get(), arguments.bind("strftime_now", "format").text(0))));
        return functions;
    }

    private static void register(Map<String, Value> functions, String name, Function.Body body) {
        functions.put(name, new Function(name, body));
    }

    private Value range(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("range", "start", "stop", "step");
        boolean onlyStop = bound.get(1) == null;
        Value.Range range = new Value.Range(onlyStop ? 0 : bound.integer(0), bound.integer(onlyStop ? 0 : 1),
                bound.integer(2, 1));
        if (range.step() == 0) {
            throw JinjaException.runtime("range() arg 3 must not be zero");
        }
        if (range.length() > LONGEST_RANGE) {
            throw JinjaException.limit("Range too big. The sandbox blocks ranges larger than %d.", LONGEST_RANGE);
        }
        return range;
    }

    private Value namespace(Arguments arguments) {
        Map<String, Value> attributes = new LinkedHashMap<>();
        entries("namespace", arguments).forEach((name, value) -> attributes.put(python.str(name), value));
        return new Value.Namespace(attributes);
    }

    /** Of a dict or a list of pairs, and of named arguments. */
    private Map<Value, Value> entries(String function, Arguments arguments) {
        Map<Value, Value> entries = new LinkedHashMap<>();
        Value source = new Arguments(arguments.positional(), Map.of()).bind(function, "source").get(0,
                new Value.Dict(Map.of()));
        if (source instanceof Value.Dict(Map<Value, Value> given)) {
            entries.putAll(given);
        } else {
            for (Value pair : python.iteration.list(source)) {
                List<Value> items = python.iteration.list(pair);
                if (items.size() != 2) {
                    throw JinjaException.runtime("%s() takes pairs, not %d items", function, items.size());
                }
                entries.put(Value.Dict.key(items.getFirst()), items.getLast());
            }
        }
        arguments.named().forEach((name, value) -> entries.put(new Value.Text(name), value));
        python.budget.entries(entries.size());
        return entries;
    }

    private Value joiner(Arguments arguments) {
        Value separator = arguments.bind("joiner", "sep").get(0, new Value.Text(", "));
        boolean[] used = new boolean[1];
        return new Function("joiner", _ -> {
            Value given = used[0] ? separator : new Value.Text("");
            used[0] = true;
            return given;
        });
    }

    private Value raise(Arguments arguments) {
        throw new JinjaException(JinjaException.Kind.REFUSED,
                python.str(arguments.bind("raise_exception", "message").required(0)));
    }

    /** {@code cycler(items)}: each call of next() gives the next of them, round and round. */
    private static final class Cycler implements Callable {

        private final List<Value> items;
        private int position;

        Cycler(Arguments arguments) {
            this.items = arguments.positional();
            if (items.isEmpty()) {
                throw JinjaException.runtime("at least one item has to be provided");
            }
        }

        @Override
        public Value call(Arguments arguments) {
            throw JinjaException.runtime("'Cycler' object is not callable");
        }

        @Override
        public Optional<Value> attribute(String name) {
            return switch (name) {
                case "current" -> Optional.of(items.get(position));
                case "next" -> Optional.of(new Function(name, _ -> {
                    Value item = items.get(position);
                    position = (position + 1) % items.size();
                    return item;
                }));
                case "reset" -> Optional.of(new Function(name, _ -> {
                    position = 0;
                    return Value.None.NONE;
                }));
                default -> Optional.empty();
            };
        }
    }
}
