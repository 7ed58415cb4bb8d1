package io.barista.engine.testkit;

import io.barista.engine.EngineEvent;
import io.barista.engine.EngineListener;
import io.barista.engine.GenerationRequest;
import io.barista.engine.LlmEngine;
import io.barista.engine.SamplingParams;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Collects the events of a request with one sample. */
public final class Generation implements EngineListener {

    private final List<Integer> tokens = new ArrayList<>();
    private final List<Double> promptLogprobs = new ArrayList<>();
    private final List<Double> logprobs = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private final CompletableFuture<EngineEvent> end = new CompletableFuture<>();

    /**
     * @param logprobs       of the tokens, where they were asked for
     * @param promptLogprobs of the prompt's, where they were asked for, from the second on
     */
    public record Result(int[] tokens, double[] logprobs, double[] promptLogprobs, String text) {}

    private Generation() {}

    /** Submits a greedy request; it starts to run beside whatever runs already. */
    public static Generation greedy(LlmEngine engine, String id, int[] prompt, int maxTokens, boolean ignoreEos) {
        return of(engine, new GenerationRequest(id, prompt, greedy(maxTokens, ignoreEos)));
    }

    /** Submits any request of one sample. */
    public static Generation of(LlmEngine engine, GenerationRequest request) {
        Generation generation = new Generation();
        engine.submit(request, generation);
        return generation;
    }

    private static SamplingParams greedy(int maxTokens, boolean ignoreEos) {
        return SamplingParams.greedy(maxTokens).ignoreEos(ignoreEos).skipSpecialTokens(false).logprobs(0).build();
    }

    @Override
    public void onEvent(EngineEvent event) {
        switch (event) {
            case EngineEvent.Delta delta -> {
                for (int token : delta.tokens()) {
                    tokens.add(token);
                }
                delta.logprobs().forEach(logprob -> logprobs.add((double) logprob.chosen().logprob()));
                text.append(delta.text());
            }
            case EngineEvent.PromptLogprobs prompt ->
                prompt.tokens().forEach(logprob -> promptLogprobs.add((double) logprob.chosen().logprob()));
            case EngineEvent.SampleFinished _ -> {
            }
            case EngineEvent.Completed completed -> end.complete(completed);
            case EngineEvent.Failed failed -> end.completeExceptionally(failed.error());
        }
    }

    /** Waits for the end, a minute at most. */
    public Result await() {
        end.orTimeout(60, TimeUnit.SECONDS).join();
        return new Result(tokens.stream().mapToInt(Integer::intValue).toArray(),
                logprobs.stream().mapToDouble(Double::doubleValue).toArray(),
                promptLogprobs.stream().mapToDouble(Double::doubleValue).toArray(), text.toString());
    }
}
