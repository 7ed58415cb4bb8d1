package io.barista.engine;

import java.util.List;
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

    public SamplingParams build() {
        return new SamplingParams(maxTokens, minTokens, temperature, topP, topK, minP, repetition, presence,
                frequency, seed, n, stop, stopTokenIds, includeStop, ignoreEos, true, logprobs);
    }
}
