package io.barista.openai.responses;

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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's responses request, read as the chat it asks for. vLLM's own sampling and template fields are taken as in chats.
 *
 * @param chat       over {@code input} alone; it always streams, since both forms of the answer are made of its chunks
 * @param settings   what the response repeats
 * @param stream     what the client asked for
 * @param background whether the client asks for the answer later
 */
public record ResponsesRequest(ChatCompletionRequest chat, ResponseSettings settings, boolean stream,
        boolean background) {

    private static final StreamOptions WITH_USAGE = new StreamOptions(true, false);
    private static final String LOGPROBS = "message.output_text.logprobs";

    public static ResponsesRequest read(JsonFields fields) {
        refuseUnsupported(fields);
        List<ChatMessage> input = InputItems.read(fields.required("input"));
        SamplingFields sampling = SamplingFields.read(fields);
        if (sampling.samples() > 1) {
            throw ApiException.of(ErrorCode.UNSUPPORTED_PARAMETER, "n", "A response has one answer; leave 'n' out.");
        }
        Map<String, JsonValue> derived = new LinkedHashMap<>();
        JsonValue text = fields.value("text");
        readText(text, derived);
        JsonValue reasoning = fields.value("reasoning");
        List<Tool> tools = ResponseTools.read(fields);
        ToolChoice choice = ResponseTools.readChoice(fields);
        Integer topLogprobs = fields.integer("top_logprobs");
        boolean stream = fields.flag("stream", false);
        boolean background = fields.flag("background", false);
        ResponseSettings settings = settings(fields, sampling, text, reasoning, topLogprobs);
        requireSensible(stream, background, settings.store());
        boolean logprobs = topLogprobs != null || fields.strings("include").contains(LOGPROBS);
        fields.value("stream_options"); // says how OpenAI pads its events, and nothing else
        String model = fields.string("model");
        ServingFields serving = ServingFields.read(fields);
        ChatTemplateFields template = ChatTemplateFields.read(fields);
        Map<String, JsonValue> others = new LinkedHashMap<>(fields.unread());
        others.putAll(derived);
        ChatCompletionRequest chat = new ChatCompletionRequest(model, input, sampling, serving,
                settings.maxOutputTokens(), true, WITH_USAGE, logprobs, topLogprobs, tools,
                tools == null && choice instanceof ToolChoice.Auto ? null : choice, settings.parallelToolCalls(),
                reasoning == null ? null : reasoning.asFields().string("effort"), true, template, false, false,
                others);
        return new ResponsesRequest(chat, settings, stream, background);
    }

    /** The conversation that the model is to go on with. Instructions are not carried over from one response to the next. */
    public List<ChatMessage> conversation(List<ChatMessage> before) {
        List<ChatMessage> conversation = new ArrayList<>();
        if (settings.instructions() != null) {
            conversation.add(ChatMessage.of("system", settings.instructions()));
        }
        conversation.addAll(before);
        conversation.addAll(chat.messages());
        return List.copyOf(conversation);
    }

    private static ResponseSettings settings(JsonFields fields, SamplingFields sampling, @Nullable JsonValue text,
            @Nullable JsonValue reasoning, @Nullable Integer topLogprobs) {
        JsonValue tools = fields.value("tools");
        JsonValue choice = fields.value("tool_choice");
        Map<String, Object> metadata = new LinkedHashMap<>();
        JsonValue sent = fields.value("metadata");
        if (sent != null) {
            sent.asMap().forEach((key, value) -> metadata.put(key, String.valueOf(value)));
        }
        return new ResponseSettings(fields.string("instructions"), fields.integer("max_output_tokens"),
                fields.integer("max_tool_calls"), fields.flag("parallel_tool_calls", true),
                fields.string("previous_response_id"), reasoning == null ? null : reasoning.asPlain(),
                fields.flag("store", true), sampling.temperature(),
                text == null ? Map.of("format", Map.of("type", "text")) : text.asPlain(),
                choice == null ? "auto" : choice.asPlain(),
                tools == null ? List.of() : tools.elements().stream().map(JsonValue::asPlain).toList(), topLogprobs,
                sampling.topP(), "disabled", fields.string("user"), metadata);
    }

    private static void readText(@Nullable JsonValue text, Map<String, JsonValue> derived) {
        if (text == null) {
            return;
        }
        JsonFields parts = text.asFields();
        JsonValue format = parts.value("format");
        if (format != null) {
            derived.put("response_format", format);
        }
        String verbosity = parts.string("verbosity");
        if (verbosity != null && !verbosity.equals("medium")) {
            throw ApiException.of(ErrorCode.UNSUPPORTED_PARAMETER, "text.verbosity",
                    "'text.verbosity' may only be 'medium' here, got '%s'.", verbosity);
        }
    }

    private static void refuseUnsupported(JsonFields fields) {
        for (String name : List.of("conversation", "prompt", "context_management")) {
            JsonValue value = fields.value(name);
            if (value != null && !value.isEmpty()) {
                throw ApiException.of(ErrorCode.UNSUPPORTED_PARAMETER, name,
                        "'%s' is not supported by this server. Send the whole input, or previous_response_id.", name);
            }
        }
        String truncation = fields.string("truncation");
        if (truncation != null && !truncation.equals("disabled")) {
            throw ApiException.of(ErrorCode.UNSUPPORTED_PARAMETER, "truncation",
                    "'truncation' may only be 'disabled' here, got '%s'; truncate_prompt_tokens cuts the prompt.",
                    truncation);
        }
    }

    private static void requireSensible(boolean stream, boolean background, boolean store) {
        if (background && stream) {
            throw ApiException.of(ErrorCode.UNSUPPORTED_PARAMETER, "background",
                    "A response in the background cannot be streamed; ask for it with GET /v1/responses/{id}.");
        }
        if (background && !store) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "background",
                    "A response in the background must be stored: 'store' must not be false.");
        }
    }
}
