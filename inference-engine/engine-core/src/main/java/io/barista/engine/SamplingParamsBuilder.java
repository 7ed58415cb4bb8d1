package io.barista.engine;

import io.barista.engine.SamplingParams.Beams;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts {@link SamplingParams} together; what is not set is greedy, unlimited and not asked for. */
public final class SamplingParamsBuilder {

    private final int maxTokens;
    private int minTokens;
    private double temperature;
    private double topP = 1;
    private int topK;
    private double minP;
    private double repetitionPenalty = 1;
    private double presencePenalty;
    private double frequencyPenalty;
    private @Nullable Long seed;
    private int n = 1;
    private List<String> stop = List.of();
    private List<Integer> stopTokenIds = List.of();
    private boolean includeStopString;
    private boolean ignoreEos;
    private boolean skipSpecialTokens = true;
    private @Nullable Integer logprobs;
    private List<Integer> logprobTokenIds = List.of();
    private @Nullable Integer promptLogprobs;
    private Map<Integer, Float> logitBias = Map.of();
    private @Nullable List<Integer> allowedTokenIds;
    private List<String> badWords = List.of();
    private @Nullable Beams beams;

    SamplingParamsBuilder(int maxTokens) {
        this.maxTokens = maxTokens;
    }

    public SamplingParamsBuilder minTokens(int value) {
        minTokens = value;
        return this;
    }

    public SamplingParamsBuilder temperature(double value) {
        temperature = value;
        return this;
    }

    public SamplingParamsBuilder topP(double value) {
        topP = value;
        return this;
    }

    public SamplingParamsBuilder topK(int value) {
        topK = value;
        return this;
    }

    public SamplingParamsBuilder minP(double value) {
        minP = value;
        return this;
    }

    public SamplingParamsBuilder repetitionPenalty(double value) {
        repetitionPenalty = value;
        return this;
    }

    public SamplingParamsBuilder presencePenalty(double value) {
        presencePenalty = value;
        return this;
    }

    public SamplingParamsBuilder frequencyPenalty(double value) {
        frequencyPenalty = value;
        return this;
    }

    public SamplingParamsBuilder seed(@Nullable Long value) {
        seed = value;
        return this;
    }

    public SamplingParamsBuilder n(int value) {
        n = value;
        return this;
    }

    public SamplingParamsBuilder stop(List<String> value) {
        stop = value;
        return this;
    }

    public SamplingParamsBuilder stopTokenIds(List<Integer> value) {
        stopTokenIds = value;
        return this;
    }

    public SamplingParamsBuilder includeStopString(boolean value) {
        includeStopString = value;
        return this;
    }

    public SamplingParamsBuilder ignoreEos(boolean value) {
        ignoreEos = value;
        return this;
    }

    public SamplingParamsBuilder skipSpecialTokens(boolean value) {
        skipSpecialTokens = value;
        return this;
    }

    public SamplingParamsBuilder logprobs(@Nullable Integer value) {
        logprobs = value;
        return this;
    }

    public SamplingParamsBuilder logprobTokenIds(List<Integer> value) {
        logprobTokenIds = value;
        return this;
    }

    public SamplingParamsBuilder promptLogprobs(@Nullable Integer value) {
        promptLogprobs = value;
        return this;
    }

    public SamplingParamsBuilder logitBias(Map<Integer, Float> value) {
        logitBias = value;
        return this;
    }

    public SamplingParamsBuilder allowedTokenIds(@Nullable List<Integer> value) {
        allowedTokenIds = value;
        return this;
    }

    public SamplingParamsBuilder badWords(List<String> value) {
        badWords = value;
        return this;
    }

    public SamplingParamsBuilder beams(@Nullable Beams value) {
        beams = value;
        return this;
    }

    public SamplingParams build() {
        return new SamplingParams(maxTokens, minTokens, temperature, topP, topK, minP, repetitionPenalty,
                presencePenalty, frequencyPenalty, seed, n, stop, stopTokenIds, includeStopString, ignoreEos,
                skipSpecialTokens, logprobs, logprobTokenIds, promptLogprobs, logitBias, allowedTokenIds, badWords,
                beams);
    }
}
