package io.barista.openai;

import io.barista.openai.json.JsonFields;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How to choose tokens and when to stop, as sent: null where the request says nothing. Ranges are the server's to check.
 * OpenAI's names, and vLLM's for what OpenAI lacks.
 */
public record SamplingFields(@Nullable Double temperature, @Nullable Double topP, @Nullable Integer topK,
        @Nullable Double minP, @Nullable Double repetitionPenalty, @Nullable Double presencePenalty,
        @Nullable Double frequencyPenalty, @Nullable Long seed, @Nullable Integer n, List<String> stop,
        List<Integer> stopTokenIds, boolean includeStopStrInOutput, boolean ignoreEos, @Nullable Integer minTokens,
        boolean skipSpecialTokens) {

    public static SamplingFields read(JsonFields fields) {
        return new SamplingFields(fields.number("temperature"), fields.number("top_p"), fields.integer("top_k"),
                fields.number("min_p"), fields.number("repetition_penalty"), fields.number("presence_penalty"),
                fields.number("frequency_penalty"), fields.int64("seed"), fields.integer("n"), fields.strings("stop"),
                fields.integers("stop_token_ids"), fields.flag("include_stop_str_in_output", false),
                fields.flag("ignore_eos", false), fields.integer("min_tokens"),
                fields.flag("skip_special_tokens", true));
    }

    /** How many answers were asked for. */
    public int samples() {
        return n == null ? 1 : n;
    }
}
