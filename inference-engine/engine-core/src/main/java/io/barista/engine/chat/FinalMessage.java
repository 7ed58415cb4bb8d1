package io.barista.engine.chat;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The end of a prompt that the model is to go on with, instead of answering it. */
final class FinalMessage {

    private FinalMessage() {}

    /**
     * The prompt up to the end of the last message's text, without what the template writes behind it. Templates may trim that text.
     *
     * @throws ChatTemplateException when the prompt does not have the text
     */
    static String cut(String prompt, List<Map<String, @Nullable Object>> messages) {
        String text = messages.isEmpty() ? "" : text(messages.getLast().get("content"));
        int start = prompt.lastIndexOf(text.strip());
        if (text.isBlank() || start < 0) {
            throw new ChatTemplateException(
                    "continue_final_message: the text of the last message does not appear in the prompt", false, null);
        }
        String untilEnd = text.stripLeading();
        return prompt.substring(0, start + (prompt.startsWith(untilEnd, start) ? untilEnd : text.strip()).length());
    }

    private static String text(@Nullable Object content) {
        if (content instanceof List<?> parts) {
            return parts.reversed().stream()
                    .map(part -> part instanceof Map<?, ?> fields ? fields.get("text") : null)
                    .filter(String.class::isInstance).map(String.class::cast).findFirst().orElse("");
        }
        return content instanceof String text ? text : "";
    }
}
