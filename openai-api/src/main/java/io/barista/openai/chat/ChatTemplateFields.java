package io.barista.openai.chat;

import io.barista.openai.json.JsonFields;
import io.barista.openai.json.JsonValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What shapes the prompt besides messages and tools; the same for a chat and for {@code /tokenize}.
 *
 * @param addGenerationPrompt  open the assistant's turn
 * @param continueFinalMessage leave the last message's turn open, so that the model goes on with it
 * @param addSpecialTokens     let the tokenizer add its own special tokens to the rendered text
 * @param chatTemplate         a template sent with the request; null when none was
 * @param documents            for templates that know retrieved documents; null when absent
 * @param kwargs               extra template variables
 */
public record ChatTemplateFields(boolean addGenerationPrompt, boolean continueFinalMessage, boolean addSpecialTokens,
        @Nullable String chatTemplate, @Nullable List<Object> documents, Map<String, @Nullable Object> kwargs) {

    /** The same, with the last message's turn left open. */
    public ChatTemplateFields continuing() {
        return new ChatTemplateFields(false, true, addSpecialTokens, chatTemplate, documents, kwargs);
    }

    /** The same with one more template variable, unless the request sets it itself. */
    public ChatTemplateFields with(String name, Object value) {
        Map<String, @Nullable Object> more = new LinkedHashMap<>(kwargs);
        more.putIfAbsent(name, value);
        return new ChatTemplateFields(addGenerationPrompt, continueFinalMessage, addSpecialTokens, chatTemplate,
                documents, more);
    }

    public static ChatTemplateFields read(JsonFields fields) {
        JsonValue documents = fields.value("documents");
        return new ChatTemplateFields(fields.flag("add_generation_prompt", true),
                fields.flag("continue_final_message", false), fields.flag("add_special_tokens", false),
                fields.string("chat_template"),
                documents == null ? null : documents.elements().stream().map(JsonValue::asPlain).toList(),
                fields.map("chat_template_kwargs"));
    }
}
