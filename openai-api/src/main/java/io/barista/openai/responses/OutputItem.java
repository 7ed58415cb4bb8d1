package io.barista.openai.responses;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.barista.openai.chat.ChatLogprobs;
import java.util.List;

/** A piece of a response. */
public sealed interface OutputItem {

    /** {@code in_progress}, then {@code completed} or {@code incomplete}. */
    String status();

    String id();

    record Message(String id, String type, String role, String status, List<OutputText> content)
            implements
                OutputItem {}

    /** @param arguments JSON text, as the model wrote it */
    record FunctionCall(String id, String type, String callId, String name, String arguments, String status)
            implements
                OutputItem {}

    /** @param summary always empty: thoughts are told as they were */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Reasoning(String id, String type, List<Object> summary, List<ReasoningText> content, String status)
            implements
                OutputItem {}

    /** A piece of an item's content. */
    sealed interface Part {}

    /** @param logprobs one entry for each token, empty unless asked for */
    record OutputText(String type, String text, List<Object> annotations, List<ChatLogprobs.Entry> logprobs)
            implements
                Part {}

    record ReasoningText(String type, String text) implements Part {}

    static OutputText text(String text, List<ChatLogprobs.Entry> logprobs) {
        return new OutputText("output_text", text, List.of(), logprobs);
    }

    static ReasoningText reasoningText(String text) {
        return new ReasoningText("reasoning_text", text);
    }

    static OutputItem message(String id, String status, List<OutputText> content) {
        return new Message(id, "message", "assistant", status, content);
    }

    static OutputItem functionCall(String id, String callId, String name, String arguments, String status) {
        return new FunctionCall(id, "function_call", callId, name, arguments, status);
    }

    static OutputItem reasoning(String id, String status, List<ReasoningText> content) {
        return new Reasoning(id, "reasoning", List.of(), content, status);
    }
}
