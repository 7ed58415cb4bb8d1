package io.barista.engine.chat;

/** A piece of the message that a model writes, in the order in which a client should see it. Texts are never empty. */
public sealed interface MessageDelta {

    /** Visible text. */
    record ContentDelta(String text) implements MessageDelta {}

    /** Text of the model's reasoning, without its tags. */
    record ReasoningDelta(String text) implements MessageDelta {}

    /** A tool call begins; its arguments follow under the same index. */
    record ToolCallStart(int index, String id, String name) implements MessageDelta {}

    /** More of a call's arguments: all fragments of a call joined are one JSON object as the model wrote it, {@code {}} when it has none. It is not one if the model
     * stopped in the middle or erred. */
    record ToolCallArguments(int index, String fragment) implements MessageDelta {}
}
