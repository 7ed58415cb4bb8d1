package io.barista.modelservice.chat;

import io.barista.config.EngineOptions;
import io.barista.engine.chat.ChatInput;
import io.barista.engine.chat.ChatTemplate;
import io.barista.modelservice.engine.HostedModel;
import io.barista.modelservice.request.Tokens;
import io.barista.openai.chat.ChatMessage;
import io.barista.openai.chat.ChatTemplateFields;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A conversation as the model reads it. */
public record ChatPrompt(String text, int[] tokens) {

    /**
     * @param reasoningEffort for templates that know it; null when absent
     * @throws ApiException for messages that cannot be rendered
     */
    public static ChatPrompt render(List<ChatMessage> messages, ChatTools tools, ChatTemplateFields fields,
            @Nullable String reasoningEffort, HostedModel model) {
        ChatTemplate template = requireTemplate(fields, model);
        String text = template
                .render(new ChatInput(PlainMessages.of(messages), tools.definitions(), fields.addGenerationPrompt(),
                        fields.continueFinalMessage(), kwargs(fields, reasoningEffort, model)));
        Tokens tokens = new Tokens(model.tokenizer(), model.maxModelLen(), model.vocabSize());
        return new ChatPrompt(text, tokens.ofText(text, fields.addSpecialTokens(), "messages"));
    }

    private static ChatTemplate requireTemplate(ChatTemplateFields fields, HostedModel model) {
        if (fields.chatTemplate() != null) {
            throw ApiException.of(ErrorCode.UNSUPPORTED_PARAMETER, "chat_template",
                    "Chat template is passed with request, but --trust-request-chat-template is not set."
                            + " Refused request with untrusted chat template.");
        }
        if (fields.continueFinalMessage() && fields.addGenerationPrompt()) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "continue_final_message",
                    "Cannot set both `continue_final_message` and `add_generation_prompt` to True.");
        }
        ChatTemplate template = model.template();
        if (template == null) {
            throw ApiException.of(ErrorCode.INVALID_REQUEST, "messages",
                    "The model `%s` has no chat template; use /v1/completions.", model.name());
        }
        return template;
    }

    private static Map<String, @Nullable Object> kwargs(ChatTemplateFields fields, @Nullable String reasoningEffort,
            HostedModel model) {
        Map<String, @Nullable Object> kwargs = new LinkedHashMap<>();
        model.asked().find(EngineOptions.DEFAULT_CHAT_TEMPLATE_KWARGS).ifPresent(kwargs::putAll);
        if (reasoningEffort != null) {
            kwargs.put("reasoning_effort", reasoningEffort);
            if (reasoningEffort.equals("none")) {
                // what templates that can leave reasoning out call it
                kwargs.put("enable_thinking", false);
            }
        }
        if (fields.documents() != null) {
            kwargs.put("documents", fields.documents());
        }
        kwargs.putAll(fields.kwargs());
        return kwargs;
    }
}
