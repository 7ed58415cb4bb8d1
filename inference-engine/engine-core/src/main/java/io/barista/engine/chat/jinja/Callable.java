package io.barista.engine.chat.jinja;

import java.util.Optional;

/** A value that can be called. */
non-sealed interface Callable extends Value {

    Value call(Arguments arguments);

    /** For those that have attributes, such as {@code loop.index}. */
    default Optional<Value> attribute(String name) {
        return Optional.empty();
    }

    @Override
    default String typeName() {
        return "function";
    }

    @Override
    default boolean isTrue() {
        return true;
    }
}
