package io.barista.engine.chat.jinja;

/** {@code input | name(arguments)} */
@FunctionalInterface
interface Filter {

    Value apply(Value input, Arguments arguments);
}
