package io.barista.openai.messages;

import io.barista.openai.SamplingFields;
import io.barista.openai.ServingFields;
import io.barista.openai.StreamOptions;
import io.barista.openai.chat.ChatCompletionRequest;
import io.barista.openai.chat.ChatMessage;
import io.barista.openai.chat.ChatTemplateFields;
import io.barista.openai.chat.Tool;
import io.barista.openai.chat.ToolChoice;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.openai.json.JsonFields;
import io.barista.openai.json.JsonValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Anthropic's request, read as the chat it asks for. vLLM's own sampling and template fields are taken as in chats.
 *
 * @param stream what the client asked for; the chat itself always streams, since both forms of the answer are made of its chunks
 */
public record MessagesRequest(ChatCompletionRequest chat, boolean stream) {

    private static final StreamOptions WITH_USAGE = new StreamOptions(true, false);

    public static MessagesRequest read(JsonFields fields) {
        Integer maxTokens = fields.required("max_tokens").asInteger();
        boolean stream = fields.flag("stream", false);
        return new MessagesRequest(read(fields, maxTokens), stream);
    }

    /** For {@code /v1/messages/count_tokens}, which needs no limit. */
    public static ChatCompletionRequest readCounted(JsonFields fields) {
        return read(fields, null);
    }

    private static ChatCompletionRequest read(JsonFields fields, @Nullable Integer maxTokens) {
        refuseServerSide(fields);
        List<ChatMessage> messages = MessageBlocks.messages(fields);
        SamplingFields sampling = SamplingFields.read(fields);
        if (fields.value("stop_sequences") != null) {
            sampling = sampling.withStop(fields.strings("stop_sequences"));
        }
        Map<String, JsonValue> derived = new LinkedHashMap<>();
        ChatTemplateFields template = withThinking(fields, ChatTemplateFields.read(fields), derived);
        // what the client has begun of the assistant's turn is to be gone on with
        if (messages.getLast().role().equals("assistant") && messages.getLast().toolCalls().isEmpty()) {
            template = template.continuing();
        }
        String effort = readOutput(fields, derived);
        List<Tool> tools = MessageTools.read(fields);
        ToolChoice choice = MessageTools.readChoice(fields);
        boolean parallel = MessageTools.readParallel(fields);
        String model = fields.string("model");
        ServingFields serving = ServingFields.read(fields);
        boolean tokensAsIds = fields.flag("return_tokens_as_token_ids", false);
        Map<String, JsonValue> others = new LinkedHashMap<>(fields.unread());
        others.putAll(derived);
        return new ChatCompletionRequest(model, messages, sampling, serving, maxTokens, true, WITH_USAGE, false, null,
                tools, tools == null && choice instanceof ToolChoice.Auto ? null : choice, parallel, effort, true,
                template, tokensAsIds, false, others);
    }

    /** {@code thinking}: whether the model is to think, which templates know, and for how long. */
    private static ChatTemplateFields withThinking(JsonFields fields, ChatTemplateFields template,
            Map<String, JsonValue> derived) {
        JsonValue value = fields.value("thinking");
        if (value == null) {
            return template;
        }
        JsonFields thinking = value.asFields();
        String type = thinking.requiredString("type");
        return switch (type) {
            case "enabled" -> {
                JsonValue budget = thinking.value("budget_tokens");
                if (budget != null) {
                    derived.put("thinking_token_budget", budget);
                }
                yield template.with("enable_thinking", true);
            }
            case "disabled" -> template.with("enable_thinking", false);
            case "adaptive" -> template;
            default -> throw ApiException.of(ErrorCode.INVALID_VALUE, "thinking.type",
                    "'thinking.type' must be 'enabled', 'disabled' or 'adaptive', got '%s'.", type);
        };
    }

    /** {@code output_config}, and the older {@code output_format}: the form of the answer, and how hard to think about it. */
    private static @Nullable String readOutput(JsonFields fields, Map<String, JsonValue> derived) {
        JsonValue format = fields.value("output_format");
        JsonValue config = fields.value("output_config");
        String effort = null;
        if (config != null) {
            JsonFields parts = config.asFields();
            effort = parts.string("effort");
            format = parts.value("format") == null ? format : parts.value("format");
        }
        if (format != null) {
            derived.put("response_format", format);
        }
        return effort;
    }

    private static void refuseServerSide(JsonFields fields) {
        for (String name : List.of("mcp_servers", "container", "context_management")) {
            JsonValue value = fields.value(name);
            if (value != null && !value.isEmpty()) {
                throw ApiException.of(ErrorCode.UNSUPPORTED_PARAMETER, name,
                        "'%s' is not supported by this server. Leave it out to get an answer without it.", name);
            }
        }
    }
}
