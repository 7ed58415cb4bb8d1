package io.barista.engine.chat.jinja;

import java.util.HashMap;
import java.util.Map;

/** Jinja's filters by name, for one rendering. Those that make HTML or need a random source are left out. */
final class Filters {

    private final Map<String, Filter> byName = new HashMap<>();

    Filters(Python python, Tests tests) {
        new TextFilters(python).register(byName);
        new NumberFilters(python).register(byName);
        new SequenceFilters(python).register(byName);
        new OrderFilters(python).register(byName);
        new ValueFilters(python).register(byName);
        new SelectionFilters(python, tests, this).register(byName);
    }

    Value apply(String name, Value input, Arguments arguments) {
        Filter filter = byName.get(name);
        if (filter == null) {
            throw JinjaException.runtime("No filter named '%s' found.", name);
        }
        return filter.apply(input, arguments);
    }

    boolean exists(String name) {
        return byName.containsKey(name);
    }
}
