package io.barista.engine.chat.jinja;

import java.util.Iterator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Items that are not looked for before the first is asked for: what nobody looks at cannot fail. */
final class LazyItems implements Iterator<Value> {

    private final Supplier<Iterator<Value>> start;
    private @Nullable Iterator<Value> items;

    LazyItems(Supplier<Iterator<Value>> start) {
        this.start = start;
    }

    @Override
    public boolean hasNext() {
        return items().hasNext();
    }

    @Override
    public Value next() {
        return items().next();
    }

    private Iterator<Value> items() {
        Iterator<Value> started = items;
        if (started == null) {
            started = start.get();
            items = started;
        }
        return started;
    }
}
