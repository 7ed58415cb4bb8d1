package io.barista.openai.chat;

import io.barista.openai.SamplingFields;
import io.barista.openai.ServingFields;
import io.barista.openai.StreamOptions;
import io.barista.openai.json.JsonFields;
import io.barista.openai.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A chat to be continued. Typed, not yet checked against a model: ranges and combinations are the server's to judge.
 *
 * @param model            null when left out
 * @param maxTokens        {@code max_completion_tokens}, else the older {@code max_tokens}
 * @param tools            null when absent, which is not the same as an empty list
 * @param includeReasoning whether the answer carries the model's thoughts
 * @param others           every other field that was sent, by name
 */
public record ChatCompletionRequest(@Nullable String model, List<ChatMessage> messages, SamplingFields sampling,
        ServingFields serving, @Nullable Integer maxTokens, boolean stream, @Nullable StreamOptions streamOptions,
        boolean logprobs,
        @Nullable Integer topLogprobs, @Nullable List<Tool> tools, @Nullable ToolChoice toolChoice,
        boolean parallelToolCalls, @Nullable String reasoningEffort, boolean includeReasoning,
        ChatTemplateFields template, boolean returnTokensAsTokenIds, boolean returnTokenIds,
        Map<String, JsonValue> others) {

    public static ChatCompletionRequest read(JsonFields fields) {
        Integer maxTokens = fields.integer("max_tokens");
        Integer maxCompletionTokens = fields.integer("max_completion_tokens");
        // Arguments are evaluated in order, so unread() at the end gives what no other argument has asked for.
        return new ChatCompletionRequest(fields.string("model"), readMessages(fields),
                SamplingFields.read(fields), ServingFields.read(fields),
                maxCompletionTokens == null ? maxTokens : maxCompletionTokens,
                fields.flag("stream", false), StreamOptions.read(fields), fields.flag("logprobs", false),
                fields.integer("top_logprobs"), readTools(fields), ToolChoice.read(fields),
                fields.flag("parallel_tool_calls", true), fields.string("reasoning_effort"),
                fields.flag("include_reasoning", true), ChatTemplateFields.read(fields),
                fields.flag("return_tokens_as_token_ids", false), fields.flag("return_token_ids", false),
                fields.unread());
    }

    /** The same over other messages. */
    public ChatCompletionRequest over(List<ChatMessage> conversation) {
        return new ChatCompletionRequest(model, conversation, sampling, serving, maxTokens, stream, streamOptions,
                logprobs, topLogprobs, tools, toolChoice, parallelToolCalls, reasoningEffort, includeReasoning,
                template, returnTokensAsTokenIds, returnTokenIds, others);
    }

    /** The same without one of the other fields. */
    public ChatCompletionRequest without(String other) {
        Map<String, JsonValue> rest = new LinkedHashMap<>(others);
        rest.remove(other);
        return new ChatCompletionRequest(model, messages, sampling, serving, maxTokens, stream, streamOptions, logprobs,
                topLogprobs, tools, toolChoice, parallelToolCalls, reasoningEffort, includeReasoning, template,
                returnTokensAsTokenIds, returnTokenIds, rest);
    }

    /** The field {@code messages}, which must be there. */
    public static List<ChatMessage> readMessages(JsonFields fields) {
        List<ChatMessage> messages = new ArrayList<>();
        for (JsonValue element : fields.required("messages").elements()) {
            messages.add(ChatMessage.read(element.asFields()));
        }
        return List.copyOf(messages);
    }

    /** The field {@code tools}; null when absent. */
    public static @Nullable List<Tool> readTools(JsonFields fields) {
        JsonValue value = fields.value("tools");
        return value == null ? null : value.elements().stream().map(Tool::read).toList();
    }
}
