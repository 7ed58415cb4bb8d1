package io.barista.engine;

import io.barista.engine.kvcache.BlockTable;
import io.barista.engine.sampling.SamplingRecipe;
import io.barista.engine.sampling.TokenRules;
import io.barista.engine.scheduler.Sequence;
import io.barista.engine.scheduler.SequenceOwner;
import io.barista.engine.tokenizer.ByteTokens;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Requests in few words; what a test does not set is greedy and without limits. */
public final class TestRequests {

    private double temperature;
    private double topP = 1;
    private int topK;
    private double minP;
    private double repetition = 1;
    private double presence;
    private double frequency;
    private @Nullable Long seed;
    private int maxTokens = 16;
    private int minTokens;
    private int n = 1;
    private List<String> stop = List.of();
    private List<Integer> stopTokenIds = List.of();
    private boolean includeStop;
    private boolean ignoreEos;
    private @Nullable Integer logprobs;
    private @Nullable Integer promptLogprobs;
    private Map<Integer, Float> bias = Map.of();
    private @Nullable List<Integer> allowed;
    private List<String> badWords = List.of();
    private SamplingParams.@Nullable Beams beams;

    public static TestRequests sampling() {
        return new TestRequests();
    }

    public static GenerationRequest greedy(String id, int maxTokens, int... prompt) {
        return new GenerationRequest(id, prompt, sampling().maxTokens(maxTokens).build());
    }

    public TestRequests temperature(double value) {
        temperature = value;
        return this;
    }

    public TestRequests filters(int k, double p, double min) {
        topK = k;
        topP = p;
        minP = min;
        return this;
    }

    public TestRequests penalties(double ofRepetition, double ofPresence, double ofFrequency) {
        repetition = ofRepetition;
        presence = ofPresence;
        frequency = ofFrequency;
        return this;
    }

    public TestRequests seed(long value) {
        seed = value;
        return this;
    }

    public TestRequests maxTokens(int value) {
        maxTokens = value;
        return this;
    }

    public TestRequests minTokens(int value) {
        minTokens = value;
        return this;
    }

    public TestRequests samples(int value) {
        n = value;
        return this;
    }

    public TestRequests stop(String... values) {
        stop = List.of(values);
        return this;
    }

    public TestRequests includeStop() {
        includeStop = true;
        return this;
    }

    public TestRequests stopTokens(Integer... values) {
        stopTokenIds = List.of(values);
        return this;
    }

    public TestRequests ignoreEos() {
        ignoreEos = true;
        return this;
    }

    public TestRequests logprobs(int value) {
        logprobs = value;
        return this;
    }

    public TestRequests promptLogprobs(int value) {
        promptLogprobs = value;
        return this;
    }

    public TestRequests bias(Map<Integer, Float> value) {
        bias = value;
        return this;
    }

    public TestRequests allowed(Integer... values) {
        allowed = List.of(values);
        return this;
    }

    public TestRequests badWords(String... values) {
        badWords = List.of(values);
        return this;
    }

    public TestRequests beams(double lengthPenalty, boolean earlyStopping) {
        beams = new SamplingParams.Beams(lengthPenalty, earlyStopping);
        return this;
    }

    public SamplingParams build() {
        return SamplingParams.greedy(maxTokens).minTokens(minTokens).temperature(temperature).topP(topP).topK(topK)
                .minP(minP).repetitionPenalty(repetition).presencePenalty(presence).frequencyPenalty(frequency)
                .seed(seed).n(n).stop(stop).stopTokenIds(stopTokenIds).includeStopString(includeStop)
                .ignoreEos(ignoreEos).logprobs(logprobs).promptLogprobs(promptLogprobs).logitBias(bias)
                .allowedTokenIds(allowed).badWords(badWords).beams(beams).build();
    }

    /** As the sampler gets it, for a model without end tokens. */
    public SamplingRecipe recipe() {
        return recipe(0);
    }

    public SamplingRecipe recipe(long ownSeed, Integer... endTokens) {
        SamplingParams params = build();
        return new SamplingRecipe(params, TokenRules.of(params, List.of(endTokens), new ByteTokens("x")), ownSeed);
    }

    /** The only sample of a request that was accepted without a seed, an end token or a deadline. */
    public static Sequence sequence(GenerationRequest request, int maxLength, BlockTable blocks) {
        SamplingRecipe recipe = new SamplingRecipe(request.sampling(), TokenRules.NONE, 0);
        return new Sequence(new AcceptedRequest(request, recipe, maxLength, AcceptedRequest.NO_DEADLINE), 0, null,
                blocks, SequenceOwner.NOBODY);
    }
}
