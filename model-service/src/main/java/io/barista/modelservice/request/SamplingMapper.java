package io.barista.modelservice.request;

import io.barista.engine.SamplingParams;
import io.barista.engine.SamplingParams.Beams;
import io.barista.modelservice.engine.SamplingDefaults;
import io.barista.openai.SamplingFields;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sampling as sent, completed by defaults and checked by vLLM's rules, for the engine. */
public final class SamplingMapper {

    private static final int MAX_SAMPLES = 128;
    private static final int MAX_STOP_STRINGS = 16;
    private static final int MAX_STOP_TOKENS = 128;
    private static final int MAX_BAD_WORDS = 128;
    private static final int MAX_LOGPROB_TOKENS = 128;
    private static final double MOST_BIAS = 100;

    /** Dividing logits by less than this only makes them overflow; vLLM raises it alike. */
    private static final double LEAST_TEMPERATURE = 0.01;

    private final SamplingDefaults defaults;
    private final int vocabSize;

    /** @param vocabSize token ids go from 0 up to this */
    public SamplingMapper(SamplingDefaults defaults, int vocabSize) {
        this.defaults = defaults;
        this.vocabSize = vocabSize;
    }

    /** How many answers a request wants. */
    public static int samples(SamplingFields fields) {
        return Ranges.between("n", fields.samples(), 1, MAX_SAMPLES);
    }

    /** How many are generated: the best {@code n} of {@code best_of}. */
    public static int samples(SamplingFields fields, @Nullable Integer bestOf) {
        int n = samples(fields);
        if (bestOf == null) {
            return n;
        }
        if (bestOf < n) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "best_of",
                    "best_of must be greater than or equal to n, got n=%d and best_of=%d.", n, bestOf);
        }
        return Ranges.between("best_of", bestOf, 1, MAX_SAMPLES);
    }

    /**
     * @param maxTokens what one answer may grow to, known to fit the context
     * @param samples   how many answers are generated, n or more
     * @param logprobs  as in {@link SamplingParams}
     * @param promptLogprobs as in {@link SamplingParams}
     * @throws ApiException that names the field out of range
     */
    public SamplingParams map(SamplingFields fields, int maxTokens, int samples, @Nullable Integer logprobs,
            @Nullable Integer promptLogprobs) {
        return SamplingParams.greedy(maxTokens).minTokens(minTokens(fields, maxTokens)).temperature(temperature(fields))
                .topP(Ranges.aboveUpTo("top_p", or(fields.topP(), defaults.topP()), 0, 1))
                .topK(Ranges.atLeast("top_k", or(fields.topK(), defaults.topK()), -1))
                .minP(Ranges.between("min_p", or(fields.minP(), defaults.minP()), 0, 1))
                .repetitionPenalty(Ranges.above("repetition_penalty",
                        or(fields.repetitionPenalty(), defaults.repetitionPenalty()), 0))
                .presencePenalty(Ranges.between("presence_penalty", or(fields.presencePenalty(), 0.0), -2, 2))
                .frequencyPenalty(Ranges.between("frequency_penalty", or(fields.frequencyPenalty(), 0.0), -2, 2))
                .seed(fields.seed()).n(samples).stop(stop(fields.stop()))
                .stopTokenIds(stopTokenIds(fields.stopTokenIds())).includeStopString(fields.includeStopStrInOutput())
                .ignoreEos(fields.ignoreEos()).skipSpecialTokens(fields.skipSpecialTokens()).logprobs(logprobs)
                .logprobTokenIds(logprobTokenIds(fields, logprobs)).promptLogprobs(promptLogprobs)
                .logitBias(logitBias(fields.logitBias()))
                .allowedTokenIds(allowedTokenIds(fields.allowedTokenIds())).badWords(badWords(fields.badWords()))
                .beams(beams(fields)).build();
    }

    private double temperature(SamplingFields fields) {
        double temperature = Ranges.between("temperature", or(fields.temperature(), defaults.temperature()), 0, 2);
        return temperature > 0 ? Math.max(temperature, LEAST_TEMPERATURE) : 0;
    }

    private static int minTokens(SamplingFields fields, int maxTokens) {
        int minTokens = Ranges.atLeast("min_tokens", or(fields.minTokens(), 0), 0);
        if (minTokens > maxTokens) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "min_tokens",
                    "min_tokens must be less than or equal to max_tokens=%d, got %d.", maxTokens, minTokens);
        }
        return minTokens;
    }

    private static List<String> stop(List<String> stop) {
        if (stop.size() > MAX_STOP_STRINGS) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "stop", "stop may have at most %d strings, got %d.",
                    MAX_STOP_STRINGS, stop.size());
        }
        if (stop.contains("")) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "stop", "stop cannot contain an empty string.");
        }
        return stop;
    }

    private List<Integer> stopTokenIds(List<Integer> ids) {
        if (ids.size() > MAX_STOP_TOKENS) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "stop_token_ids",
                    "stop_token_ids may have at most %d ids, got %d.", MAX_STOP_TOKENS, ids.size());
        }
        ids.forEach(id -> Ranges.between("stop_token_ids", id, 0, vocabSize - 1));
        return ids;
    }

    /** Clamped, as vLLM and OpenAI do. */
    private Map<Integer, Float> logitBias(Map<Integer, Double> bias) {
        Map<Integer, Float> clamped = new LinkedHashMap<>();
        bias.forEach((token, addend) -> {
            if (token >= vocabSize) {
                throw ApiException.of(ErrorCode.INVALID_VALUE, "logit_bias",
                        "token_id(s) [%d] in logit_bias contain out-of-vocab token ids. Vocabulary size: %d", token,
                        vocabSize);
            }
            clamped.put(token, (float) Math.clamp(addend, -MOST_BIAS, MOST_BIAS));
        });
        return clamped;
    }

    private @Nullable List<Integer> allowedTokenIds(@Nullable List<Integer> ids) {
        if (ids == null) {
            return null;
        }
        if (ids.isEmpty()) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "allowed_token_ids", "allowed_token_ids must not be empty.");
        }
        ids.forEach(id -> Ranges.between("allowed_token_ids", id, 0, vocabSize - 1));
        return ids;
    }

    private List<Integer> logprobTokenIds(SamplingFields fields, @Nullable Integer logprobs) {
        List<Integer> ids = fields.logprobTokenIds();
        if (ids.isEmpty()) {
            return ids;
        }
        if (ids.size() > MAX_LOGPROB_TOKENS) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "logprob_token_ids",
                    "logprob_token_ids may have at most %d ids, got %d.", MAX_LOGPROB_TOKENS, ids.size());
        }
        if (logprobs == null) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "logprob_token_ids",
                    "when using `logprob_token_ids`, `logprobs` must be set.");
        }
        if (fields.useBeamSearch()) {
            throw ApiException.of(ErrorCode.UNSUPPORTED_PARAMETER, "logprob_token_ids",
                    "logprob_token_ids cannot be combined with use_beam_search.");
        }
        ids.forEach(id -> Ranges.between("logprob_token_ids", id, 0, vocabSize - 1));
        return ids;
    }

    private static List<String> badWords(List<String> words) {
        if (words.size() > MAX_BAD_WORDS) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "bad_words", "bad_words may have at most %d words, got %d.",
                    MAX_BAD_WORDS, words.size());
        }
        if (words.stream().anyMatch(String::isBlank)) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "bad_words", "bad_words cannot contain an empty string.");
        }
        return words;
    }

    private static @Nullable Beams beams(SamplingFields fields) {
        return fields.useBeamSearch() ? new Beams(fields.lengthPenalty(), fields.earlyStopping()) : null;
    }

    private static double or(@Nullable Double value, double otherwise) {
        return value == null ? otherwise : value;
    }

    private static int or(@Nullable Integer value, int otherwise) {
        return value == null ? otherwise : value;
    }
}
