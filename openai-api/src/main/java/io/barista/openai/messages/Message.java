package io.barista.openai.messages;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The whole answer.
 *
 * @param stopReason   {@code end_turn}, {@code max_tokens}, {@code stop_sequence} or {@code tool_use}; null while it is written
 * @param stopSequence the string that ended it, if one did
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Message(String id, String type, String role, String model, List<ContentBlock> content,
        @Nullable String stopReason, @Nullable String stopSequence, MessageUsage usage) {

    public static Message of(String id, String model, List<ContentBlock> content, @Nullable StopReason stop,
            MessageUsage usage) {
        return new Message(id, "message", "assistant", model, content, stop == null ? null : stop.stopReason(),
                stop == null ? null : stop.stopSequence(), usage);
    }

    /** Why it ended. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record StopReason(String stopReason, @Nullable String stopSequence) {}
}
