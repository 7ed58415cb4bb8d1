package io.barista.engine.chat.tools;

import io.barista.engine.chat.MessageDelta;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** An answer that is the arguments of one known function, as a grammar makes it. */
public final class OneCall implements ToolCallParser {

    private final String function;
    private final Supplier<String> callIds;
    private boolean started;

    public OneCall(String function, Supplier<String> callIds) {
        this.function = function;
        this.callIds = callIds;
    }

    @Override
    public void append(String text, Consumer<MessageDelta> output) {
        String visible = started ? text : text.stripLeading();
        if (visible.isEmpty()) {
            return;
        }
        if (!started) {
            output.accept(new MessageDelta.ToolCallStart(0, callIds.get(), function));
            started = true;
        }
        output.accept(new MessageDelta.ToolCallArguments(0, visible));
    }

    @Override
    public void finish(Consumer<MessageDelta> output) {
        // nothing is held back
    }
}
