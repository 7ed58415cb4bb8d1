package io.barista.openai;

import io.barista.openai.json.JsonFields;
import io.barista.openai.json.JsonValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How to choose tokens and when to stop, as sent: null where the request says nothing. Ranges are the server's to check.
 * OpenAI's names, and vLLM's for what OpenAI lacks.
 */
public record SamplingFields(@Nullable Double temperature, @Nullable Double topP, @Nullable Integer topK,
        @Nullable Double minP, @Nullable Double repetitionPenalty, @Nullable Double presencePenalty,
        @Nullable Double frequencyPenalty, @Nullable Long seed, @Nullable Integer n, List<String> stop,
        List<Integer> stopTokenIds, boolean includeStopStrInOutput, boolean ignoreEos, @Nullable Integer minTokens,
        boolean skipSpecialTokens, Map<Integer, Double> logitBias, List<String> badWords,
        @Nullable List<Integer> allowedTokenIds, List<Integer> logprobTokenIds, @Nullable Integer promptLogprobs,
        boolean useBeamSearch,
        double lengthPenalty, boolean earlyStopping) {

    private static final Pattern TOKEN_ID = Pattern.compile("[0-9]{1,9}");

    public static SamplingFields read(JsonFields fields) {
        return new SamplingFields(fields.number("temperature"), fields.number("top_p"), fields.integer("top_k"),
                fields.number("min_p"), fields.number("repetition_penalty"), fields.number("presence_penalty"),
                fields.number("frequency_penalty"), fields.int64("seed"), fields.integer("n"), fields.strings("stop"),
                fields.integers("stop_token_ids"), fields.flag("include_stop_str_in_output", false),
                fields.flag("ignore_eos", false), fields.integer("min_tokens"),
                fields.flag("skip_special_tokens", true), readLogitBias(fields), fields.strings("bad_words"),
                fields.value("allowed_token_ids") == null ? null : fields.integers("allowed_token_ids"),
                fields.integers("logprob_token_ids"), fields.integer("prompt_logprobs"),
                fields.flag("use_beam_search", false), lengthPenalty(fields),
                fields.flag("early_stopping", false));
    }

    /** By token id; a key that is none is an error that names it. */
    private static Map<Integer, Double> readLogitBias(JsonFields fields) {
        JsonValue value = fields.value("logit_bias");
        if (value == null) {
            return Map.of();
        }
        Map<Integer, Double> bias = new LinkedHashMap<>();
        JsonFields biases = value.asFields();
        for (String key : value.asMap().keySet()) {
            if (!TOKEN_ID.matcher(key).matches()) {
                throw value.mismatch("an object whose keys are token ids");
            }
            Double addend = biases.number(key);
            if (addend != null) {
                bias.put(Integer.parseInt(key), addend);
            }
        }
        return bias;
    }

    private static double lengthPenalty(JsonFields fields) {
        Double penalty = fields.number("length_penalty");
        return penalty == null ? 1 : penalty;
    }

    /** The same with other stop strings, for APIs that name them otherwise. */
    public SamplingFields withStop(List<String> strings) {
        return new SamplingFields(temperature, topP, topK, minP, repetitionPenalty, presencePenalty, frequencyPenalty,
                seed, n, strings, stopTokenIds, includeStopStrInOutput, ignoreEos, minTokens, skipSpecialTokens,
                logitBias, badWords, allowedTokenIds, logprobTokenIds, promptLogprobs, useBeamSearch, lengthPenalty,
                earlyStopping);
    }

    /** How many answers were asked for. */
    public int samples() {
        return n == null ? 1 : n;
    }
}
