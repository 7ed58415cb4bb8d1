package io.barista.engine.cuda;

import io.barista.engine.EngineEvent;
import io.barista.engine.GenerationRequest;
import io.barista.engine.LlmEngine;
import io.barista.engine.SamplingParams;
import io.barista.engine.lora.Adapter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What a request for an adapter waits for its first token, and its neighbours for their next one while it loads. */
final class AdapterLatency {

    private static final int PROMPT = 64;
    private static final int FIRST_TOKENS = 12;
    private static final int NEIGHBOURS = 16;
    private static final int NEIGHBOUR_TOKENS = 512;
    private static final int MS_BETWEEN_LOADS = 150;

    private final LlmEngine engine;
    private final int vocabulary;
    private final Random random = new Random(11);
    private final String[] names;
    private int used;
    private int sent;

    /** @param names of more adapters than host and device keep together, so that one which was not asked for lately is kept nowhere */
    AdapterLatency(LlmEngine engine, int vocabulary, String... names) {
        this.engine = engine;
        this.vocabulary = vocabulary;
        this.names = names;
    }

    /** Milliseconds. */
    record FirstTokens(double base, double warm, double cold) {}

    /** Milliseconds between tokens of neighbours, over so many requests for adapters meanwhile. */
    record Gaps(double p50, double p99, int requests) {}

    /** When each token came, after the moment of asking. */
    private record Answer(long asked, long[] tokens) {

        double firstTokenMs() {
            return (tokens[0] - asked) / 1e6;
        }
    }

    FirstTokens firstTokens() {
        double[] base = new double[FIRST_TOKENS];
        double[] warm = new double[FIRST_TOKENS];
        double[] cold = new double[FIRST_TOKENS];
        for (int i = 0; i < FIRST_TOKENS; i++) {
            base[i] = ask(null, 2).join().firstTokenMs();
            String name = next();
            cold[i] = ask(name, 2).join().firstTokenMs();
            warm[i] = ask(name, 2).join().firstTokenMs();
        }
        return new FirstTokens(at(base, 0.5), at(warm, 0.5), at(cold, 0.5));
    }

    Gaps alone() throws InterruptedException {
        return gaps(0, false);
    }

    /** Beside requests for one token of an adapter that is loaded, or of one that is not. */
    Gaps beside(boolean loading) throws InterruptedException {
        ask(names[0], 1).join();
        return gaps(MS_BETWEEN_LOADS, loading);
    }

    private Gaps gaps(int between, boolean loading) throws InterruptedException {
        List<CompletableFuture<Answer>> streams = new ArrayList<>();
        for (int i = 0; i < NEIGHBOURS; i++) {
            streams.add(ask(null, NEIGHBOUR_TOKENS));
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(streams.toArray(CompletableFuture[]::new));
        String loaded = names[0];
        int requests = 0;
        CompletableFuture<Answer> last = CompletableFuture.completedFuture(new Answer(0, new long[0]));
        while (between > 0 && !all.isDone()) {
            last = ask(loading ? next() : loaded, 1);
            requests++;
            Thread.sleep(between);
        }
        double[] gaps = streams.stream().map(CompletableFuture::join).flatMapToDouble(answer -> IntStream
                .range(1, answer.tokens().length)
                .mapToDouble(i -> (answer.tokens()[i] - answer.tokens()[i - 1]) / 1e6)).toArray();
        last.join();
        return new Gaps(at(gaps, 0.5), at(gaps, 0.99), requests);
    }

    private String next() {
        return names[used++ % names.length];
    }

    private CompletableFuture<Answer> ask(@Nullable String name, int tokens) {
        long asked = System.nanoTime();
        int[] prompt = random.ints(PROMPT, 0, vocabulary).toArray();
        String id = "latency-" + sent++;
        if (name == null) {
            return submit(null, id, prompt, tokens, asked);
        }
        return engine.adapters().orElseThrow().prepare(name)
                .thenCompose(adapter -> submit(adapter, id, prompt, tokens, asked));
    }

    private CompletableFuture<Answer> submit(@Nullable Adapter adapter, String id, int[] prompt, int tokens,
            long asked) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        long[] times = new long[tokens];
        int[] count = new int[1]; // events come one after another
        SamplingParams greedy = SamplingParams.greedy(tokens).ignoreEos(true).build();
        engine.submit(new GenerationRequest(id, prompt, greedy).with(adapter), event -> {
            switch (event) {
                case EngineEvent.Delta delta -> {
                    for (int i = 0; i < delta.tokens().length; i++) {
                        times[count[0]++] = System.nanoTime();
                    }
                }
                case EngineEvent.Completed _ -> answer.complete(new Answer(asked, times));
                case EngineEvent.Failed failed -> answer.completeExceptionally(failed.error());
                case EngineEvent.PromptLogprobs _,EngineEvent.SampleFinished _ -> {
                }
            }
        });
        return answer;
    }

    private static double at(double[] values, double part) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
    }
}
