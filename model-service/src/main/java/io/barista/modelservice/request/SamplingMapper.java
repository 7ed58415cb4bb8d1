package io.barista.modelservice.request;

import io.barista.engine.SamplingParams;
import io.barista.modelservice.engine.SamplingDefaults;
import io.barista.openai.SamplingFields;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sampling as sent, completed by defaults and checked by vLLM's rules, for the engine. */
public final class SamplingMapper {

    private static final int MAX_SAMPLES = 128;
    private static final int MAX_STOP_STRINGS = 16;
    private static final int MAX_STOP_TOKENS = 128;

    /** Dividing logits by less than this only makes them overflow; vLLM raises it alike. */
    private static final double LEAST_TEMPERATURE = 0.01;

    private final SamplingDefaults defaults;
    private final int vocabSize;

    /** @param vocabSize token ids go from 0 up to this */
    public SamplingMapper(SamplingDefaults defaults, int vocabSize) {
        this.defaults = defaults;
        this.vocabSize = vocabSize;
    }

    /**
     * @param maxTokens what one answer may grow to, known to fit the context
     * @param logprobs  as in {@link SamplingParams}
     * @throws ApiException that names the field out of range
     */
    public SamplingParams map(SamplingFields fields, int maxTokens, @Nullable Integer logprobs) {
        return SamplingParams.greedy(maxTokens).minTokens(minTokens(fields, maxTokens)).temperature(temperature(fields))
                .topP(Ranges.aboveUpTo("top_p", or(fields.topP(), defaults.topP()), 0, 1))
                .topK(Ranges.atLeast("top_k", or(fields.topK(), defaults.topK()), -1))
                .minP(Ranges.between("min_p", or(fields.minP(), defaults.minP()), 0, 1))
                .repetitionPenalty(Ranges.above("repetition_penalty",
                        or(fields.repetitionPenalty(), defaults.repetitionPenalty()), 0))
                .presencePenalty(Ranges.between("presence_penalty", or(fields.presencePenalty(), 0.0), -2, 2))
                .frequencyPenalty(Ranges.between("frequency_penalty", or(fields.frequencyPenalty(), 0.0), -2, 2))
                .seed(fields.seed()).n(Ranges.between("n", fields.samples(), 1, MAX_SAMPLES)).stop(stop(fields.stop()))
                .stopTokenIds(stopTokenIds(fields.stopTokenIds())).includeStopString(fields.includeStopStrInOutput())
                .ignoreEos(fields.ignoreEos()).skipSpecialTokens(fields.skipSpecialTokens()).logprobs(logprobs)
                .build();
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

    private static double or(@Nullable Double value, double otherwise) {
        return value == null ? otherwise : value;
    }

    private static int or(@Nullable Integer value, int otherwise) {
        return value == null ? otherwise : value;
    }
}
