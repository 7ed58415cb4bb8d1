package io.barista.engine.chat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Puts messages as clients send them into the form that a template expects; {@link ChatTemplate#render} says what changes.
 *
 * @param takesParts     whether the template goes through content parts itself
 * @param knowsDeveloper whether it knows the role {@code developer}
 */
record TemplateMessages(boolean takesParts, boolean knowsDeveloper) {

    private static final JsonMapper JSON = JsonMapper.shared();

    ChatInput prepare(ChatInput input) {
        List<Map<String, @Nullable Object>> prepared = new ArrayList<>();
        for (int i = 0; i < input.messages().size(); i++) {
            prepared.add(message(input.messages().get(i), "messages[" + i + "]"));
        }
        return new ChatInput(prepared, input.tools(), input.addGenerationPrompt(), input.continueFinalMessage(),
                input.kwargs());
    }

    private Map<String, @Nullable Object> message(Map<String, @Nullable Object> message, String place) {
        Map<String, @Nullable Object> prepared = new LinkedHashMap<>(message);
        if ("developer".equals(message.get("role")) && !knowsDeveloper) {
            prepared.put("role", "system");
        }
        prepared.put("content", content(message.get("content"), place));
        Object reasoning = message.get("reasoning") == null
                ? message.get("reasoning_content")
                : message.get("reasoning");
        if (reasoning != null) {
            prepared.put("reasoning", reasoning);
            prepared.put("reasoning_content", reasoning);
        }
        if (message.get("tool_calls") instanceof List<?> calls && !calls.isEmpty()) {
            prepared.put("tool_calls", toolCalls(calls, place + ".tool_calls"));
        } else {
            prepared.remove("tool_calls");
        }
        return prepared;
    }

    private Object content(@Nullable Object content, String place) {
        if (content == null) {
            return "";
        }
        if (takesParts || !(content instanceof List<?> parts)) {
            return content;
        }
        StringJoiner text = new StringJoiner("\n");
        for (int i = 0; i < parts.size(); i++) {
            text.add(text(parts.get(i), place + ".content[" + i + "]"));
        }
        return text.toString();
    }

    private static String text(@Nullable Object part, String place) {
        if (part instanceof String text) {
            return text;
        }
        if (part instanceof Map<?, ?> fields && fields.get("text") instanceof String text) {
            return text;
        }
        if (part instanceof Map<?, ?> fields && fields.get("refusal") instanceof String refusal) {
            return refusal;
        }
        throw new ChatTemplateException(place + ": this model reads text only, expected a part with \"text\"", false,
                null);
    }

    private static List<@Nullable Object> toolCalls(List<?> calls, String place) {
        List<@Nullable Object> prepared = new ArrayList<>();
        for (int i = 0; i < calls.size(); i++) {
            prepared.add(toolCall(calls.get(i), place + "[" + i + "]"));
        }
        return prepared;
    }

    private static @Nullable Object toolCall(@Nullable Object call, String place) {
        if (!(call instanceof Map<?, ?> fields) || !(fields.get("function") instanceof Map<?, ?> function)) {
            return call;
        }
        Map<Object, @Nullable Object> preparedFunction = new LinkedHashMap<>(function);
        preparedFunction.put("arguments", arguments(function.get("arguments"), place + ".function.arguments"));
        Map<Object, @Nullable Object> prepared = new LinkedHashMap<>(fields);
        prepared.put("function", preparedFunction);
        return prepared;
    }

    private static Object arguments(@Nullable Object arguments, String place) {
        if (arguments == null) {
            return Map.of();
        }
        if (!(arguments instanceof String text)) {
            return arguments;
        }
        if (text.isBlank()) {
            return Map.of();
        }
        try {
            Object parsed = JSON.readValue(text, Object.class);
            return parsed == null ? Map.of() : parsed;
        } catch (JacksonException broken) {
            throw new ChatTemplateException(place + ": expected a JSON object as text, this is not JSON", false,
                    broken);
        }
    }
}
