package io.barista.engine.chat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** System messages of a conversation, for templates that take one at most, at the start. */
final class SystemMessages {

    private SystemMessages() {}

    static boolean areSeveral(List<Map<String, @Nullable Object>> messages) {
        return messages.stream().filter(SystemMessages::isSystem).count() > 1;
    }

    /** With the texts of all system messages in one message at the start, an empty line between them. */
    static ChatInput joined(ChatInput input) {
        Map<Boolean, List<Map<String, @Nullable Object>>> bySystem = input.messages().stream()
                .collect(Collectors.partitioningBy(SystemMessages::isSystem));
        List<Map<String, @Nullable Object>> system = bySystem.getOrDefault(true, List.of());
        Map<String, @Nullable Object> first = new LinkedHashMap<>(system.getFirst());
        first.put("content", joined(system));
        List<Map<String, @Nullable Object>> messages = new ArrayList<>(List.of(first));
        messages.addAll(bySystem.getOrDefault(false, List.of()));
        return new ChatInput(messages, input.tools(), input.addGenerationPrompt(), input.continueFinalMessage(),
                input.kwargs());
    }

    private static Object joined(List<Map<String, @Nullable Object>> system) {
        boolean allText = system.stream().allMatch(message -> message.get("content") instanceof String);
        if (allText) {
            return system.stream().map(message -> String.valueOf(message.get("content")))
                    .collect(Collectors.joining("\n\n"));
        }
        List<@Nullable Object> parts = new ArrayList<>();
        for (Map<String, @Nullable Object> message : system) {
            Object content = message.get("content");
            if (content instanceof List<?> ownParts) {
                parts.addAll(ownParts);
            } else {
                parts.add(Map.of("type", "text", "text", String.valueOf(content)));
            }
        }
        return parts;
    }

    private static boolean isSystem(Map<String, @Nullable Object> message) {
        return "system".equals(message.get("role"));
    }
}
