package io.barista.engine.chat;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a chat template sees. Messages and tools are plain JSON values (maps, lists, strings, numbers, booleans, null).
 *
 * @param tools  null when the request has none
 * @param kwargs extra template variables, such as {@code enable_thinking}
 */
public record ChatInput(List<Map<String, @Nullable Object>> messages,
        @Nullable List<Map<String, @Nullable Object>> tools,
        boolean addGenerationPrompt, boolean continueFinalMessage, Map<String, @Nullable Object> kwargs) {}
