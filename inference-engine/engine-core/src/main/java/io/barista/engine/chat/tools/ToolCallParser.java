package io.barista.engine.chat.tools;

import io.barista.engine.chat.MessageDelta;
import java.util.function.Consumer;

/** Finds the tool calls in one output's content. What it gives, joined, does not depend on how the text was cut. One thread at a time. */
public interface ToolCallParser {

    void append(String text, Consumer<MessageDelta> output);

    /** Gives what was held back, when no text follows. */
    void finish(Consumer<MessageDelta> output);
}
