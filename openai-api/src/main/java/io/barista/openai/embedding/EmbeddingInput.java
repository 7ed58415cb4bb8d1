package io.barista.openai.embedding;

import io.barista.openai.chat.ChatCompletionRequest;
import io.barista.openai.chat.ChatMessage;
import io.barista.openai.chat.ChatTemplateFields;
import io.barista.openai.completion.Prompt;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.openai.json.JsonFields;
import java.util.List;

/** What embeddings are made of. */
public sealed interface EmbeddingInput {

    /** Each gets an embedding of its own. */
    record Texts(List<Prompt> prompts) implements EmbeddingInput {}

    /** A conversation, as the model's chat template renders it, which gets one embedding (vLLM). */
    record Conversation(List<ChatMessage> messages, ChatTemplateFields template) implements EmbeddingInput {}

    /** The field {@code input}, else {@code messages}. */
    static EmbeddingInput read(JsonFields fields) {
        if (fields.value("messages") == null) {
            return new Texts(Prompt.readAll(fields.required("input")));
        }
        if (fields.value("input") != null) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "messages",
                    "'input' and 'messages' cannot both be given: one of them is what is embedded.");
        }
        return new Conversation(ChatCompletionRequest.readMessages(fields), ChatTemplateFields.read(fields));
    }
}
