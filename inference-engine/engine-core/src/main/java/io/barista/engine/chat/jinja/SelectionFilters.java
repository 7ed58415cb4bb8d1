package io.barista.engine.chat.jinja;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Filters that take each item through another filter or a test. */
final class SelectionFilters {

    private final Python python;
    private final Tests tests;
    private final Filters filters;
    private final ItemGetter getter;

    SelectionFilters(Python python, Tests tests, Filters filters) {
        this.python = python;
        this.tests = tests;
        this.filters = filters;
        this.getter = new ItemGetter(python);
    }

    void register(Map<String, Filter> byName) {
        byName.put("map", this::map);
        byName.put("select", (input, arguments) -> select(input, test(arguments)));
        byName.put("reject", (input, arguments) -> select(input, test(arguments).negate()));
        byName.put("selectattr", (input, arguments) -> select(input, attributeTest(arguments)));
        byName.put("rejectattr", (input, arguments) -> select(input, attributeTest(arguments).negate()));
    }

    private Value map(Value input, Arguments arguments) {
        UnaryOperator<Value> change = change(arguments);
        return new Value.Generator(new LazyItems(() -> items(input).stream().map(change).iterator()));
    }

    private UnaryOperator<Value> change(Arguments arguments) {
        if (arguments.positional().isEmpty()) {
            Arguments.Bound bound = arguments.bind("map", "attribute", "default");
            @Nullable
            Value standard = bound.get(1);
            return item -> getter.get(item, bound.required(0), standard);
        }
        String filter = python.str(arguments.positional().getFirst());
        Arguments rest = withoutFirst(arguments);
        return item -> filters.apply(filter, item, rest);
    }

    private Value select(Value input, Predicate<Value> chosen) {
        return new Value.Generator(new LazyItems(() -> items(input).stream().filter(chosen).iterator()));
    }

    private List<Value> items(Value input) {
        return input.isTrue() ? python.iteration.list(input) : List.of();
    }

    private Predicate<Value> test(Arguments arguments) {
        if (arguments.positional().isEmpty()) {
            return Value::isTrue;
        }
        String test = python.str(arguments.positional().getFirst());
        Arguments rest = withoutFirst(arguments);
        return item -> tests.test(test, item, rest);
    }

    private Predicate<Value> attributeTest(Arguments arguments) {
        if (arguments.positional().isEmpty()) {
            throw JinjaException.runtime("Missing parameter for attribute name");
        }
        Value attribute = arguments.positional().getFirst();
        Predicate<Value> test = test(withoutFirst(arguments));
        return item -> test.test(getter.get(item, attribute, null));
    }

    private static Arguments withoutFirst(Arguments arguments) {
        return new Arguments(arguments.positional().subList(1, arguments.positional().size()), arguments.named());
    }
}
