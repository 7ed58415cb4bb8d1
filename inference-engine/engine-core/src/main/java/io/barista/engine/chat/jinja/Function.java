package io.barista.engine.chat.jinja;

import java.util.function.UnaryOperator;

/** A function that the engine provides: a global, or a method bound to its object. */
record Function(String name, Body body) implements Callable {

    @FunctionalInterface
    interface Body {

        Value call(Arguments arguments);
    }

    @Override
    public Value call(Arguments arguments) {
        return body.call(arguments);
    }

    /** Without arguments. */
    static Function constant(String name, UnaryOperator<Value> body, Value receiver) {
        return new Function(name, arguments -> {
            arguments.bind(name);
            return body.apply(receiver);
        });
    }
}
