package io.barista.openai.tokenize;

import io.barista.openai.chat.ChatCompletionRequest;
import io.barista.openai.chat.ChatMessage;
import io.barista.openai.chat.ChatTemplateFields;
import io.barista.openai.chat.Tool;
import io.barista.openai.json.JsonFields;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is to be cut into tokens: a text as it is, or a chat as its template renders it. */
public sealed interface TokenizeRequest {

    @Nullable
    String model();

    boolean returnTokenStrings();

    record Text(@Nullable String model, String prompt, boolean addSpecialTokens, boolean returnTokenStrings)
            implements
                TokenizeRequest {}

    /** @param tools null when absent */
    record Chat(@Nullable String model, List<ChatMessage> messages, @Nullable List<Tool> tools,
            ChatTemplateFields template, boolean returnTokenStrings) implements TokenizeRequest {}

    static TokenizeRequest read(JsonFields fields) {
        String model = fields.string("model");
        boolean strings = fields.flag("return_token_strs", false);
        if (fields.value("messages") == null) {
            return new Text(model, fields.requiredString("prompt"), fields.flag("add_special_tokens", true), strings);
        }
        return new Chat(model, ChatCompletionRequest.readMessages(fields), ChatCompletionRequest.readTools(fields),
                ChatTemplateFields.read(fields), strings);
    }
}
