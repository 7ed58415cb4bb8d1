package io.barista.openai.chat;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the model said. Thoughts go out under both names in use: vLLM's {@code reasoning} and the {@code reasoning_content} of
 * DeepSeek, SGLang and most clients.
 *
 * @param content null when there are only tool calls or thoughts
 * @param refusal always null; clients expect the field
 */
public record AssistantMessage(String role, @JsonInclude @Nullable String content,
        @JsonInclude @Nullable String refusal, @Nullable String reasoning, @Nullable String reasoningContent,
        @Nullable List<ToolCall> toolCalls) {

    public static AssistantMessage of(String role, @Nullable String content, @Nullable String reasoning,
            List<ToolCall> toolCalls) {
        return new AssistantMessage(role, content, null, reasoning, reasoning,
                toolCalls.isEmpty() ? null : toolCalls);
    }
}
