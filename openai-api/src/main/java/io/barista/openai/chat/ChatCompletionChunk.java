package io.barista.openai.chat;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.barista.openai.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One event of a streamed chat.
 *
 * @param choices one, or none in the chunk that ends the stream with its usage
 * @param usage   only when asked for
 */
public record ChatCompletionChunk(String id, String object, long created, String model, List<Choice> choices,
        @Nullable Usage usage, String systemFingerprint, @Nullable List<Integer> promptTokenIds) {

    public static final String OBJECT = "chat.completion.chunk";

    /** @param finishReason null on all chunks of a choice but its last */
    public record Choice(int index, Delta delta, @JsonInclude @Nullable ChatLogprobs logprobs,
            @JsonInclude @Nullable String finishReason, @Nullable Object stopReason,
            @Nullable List<Integer> tokenIds) {}

    /** What a message grew by. */
    public record Delta(@Nullable String role, @Nullable String content, @Nullable String reasoning,
            @Nullable String reasoningContent, @Nullable List<ToolCallDelta> toolCalls) {

        /** The first delta of every choice. */
        public static Delta opening(String role) {
            return new Delta(role, "", null, null, null);
        }

        public static Delta content(String text) {
            return new Delta(null, text, null, null, null);
        }

        public static Delta reasoning(String text) {
            return new Delta(null, null, text, text, null);
        }

        public static Delta toolCalls(List<ToolCallDelta> calls) {
            return new Delta(null, null, null, null, calls);
        }

        public static Delta empty() {
            return new Delta(null, null, null, null, null);
        }
    }

    /**
     * A piece of a call; id, type and name come once, with the first piece.
     *
     * @param index which call of the message
     */
    public record ToolCallDelta(int index, @Nullable String id, @Nullable String type, FunctionDelta function) {

        public static ToolCallDelta opening(int index, String id, String name) {
            return new ToolCallDelta(index, id, "function", new FunctionDelta(name, ""));
        }

        public static ToolCallDelta arguments(int index, String piece) {
            return new ToolCallDelta(index, null, null, new FunctionDelta(null, piece));
        }
    }

    public record FunctionDelta(@Nullable String name, String arguments) {}
}
