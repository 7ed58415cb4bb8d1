package io.barista.openai.messages;

/** A piece of what the model said. */
public sealed interface ContentBlock {

    record Text(String type, String text) implements ContentBlock {}

    /** @param signature always empty: thoughts are not signed here */
    record Thinking(String type, String thinking, String signature) implements ContentBlock {}

    /** @param input the arguments as JSON, an object */
    record ToolUse(String type, String id, String name, Object input) implements ContentBlock {}

    static ContentBlock text(String text) {
        return new Text("text", text);
    }

    static ContentBlock thinking(String thoughts) {
        return new Thinking("thinking", thoughts, "");
    }

    static ContentBlock toolUse(String id, String name, Object input) {
        return new ToolUse("tool_use", id, name, input);
    }
}
