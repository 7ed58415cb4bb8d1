package io.barista.openai.completion;

import io.barista.openai.SamplingFields;
import io.barista.openai.ServingFields;
import io.barista.openai.StreamOptions;
import io.barista.openai.json.JsonFields;
import io.barista.openai.json.JsonValue;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Prompts to be continued. Typed, not yet checked against a model: ranges and combinations are the server's to judge.
 *
 * @param model            null when left out
 * @param prompts          one or more; their answers are numbered prompt by prompt
 * @param bestOf           answers generated for each prompt, of which the best are given; null for as many as wanted
 * @param echo             put the prompt before its answer
 * @param logprobs         how many alternatives per token; null for none at all
 * @param addSpecialTokens let the tokenizer add its special tokens to a prompt given as text
 * @param others           every other field that was sent, by name
 */
public record CompletionRequest(@Nullable String model, List<Prompt> prompts, SamplingFields sampling,
        ServingFields serving, @Nullable Integer bestOf, @Nullable Integer maxTokens, boolean echo,
        @Nullable Integer logprobs, boolean stream,
        @Nullable StreamOptions streamOptions, boolean addSpecialTokens, boolean returnTokensAsTokenIds,
        boolean returnTokenIds, Map<String, JsonValue> others) {

    public static CompletionRequest read(JsonFields fields) {
        // Arguments are evaluated in order, so unread() at the end gives what no other argument has asked for.
        return new CompletionRequest(fields.string("model"), Prompt.readAll(fields.required("prompt")),
                SamplingFields.read(fields), ServingFields.read(fields), fields.integer("best_of"),
                fields.integer("max_tokens"), fields.flag("echo", false),
                fields.integer("logprobs"), fields.flag("stream", false), StreamOptions.read(fields),
                fields.flag("add_special_tokens", true), fields.flag("return_tokens_as_token_ids", false),
                fields.flag("return_token_ids", false), fields.unread());
    }
}
