package io.barista.engine.output;

import io.barista.engine.EngineEvent;
import io.barista.engine.EngineEvent.SampleFinished;
import io.barista.engine.EngineEvent.TokenLogprobs;
import io.barista.engine.EngineException;
import io.barista.engine.EngineListener;
import io.barista.engine.EngineObserver;
import io.barista.engine.FinishReason;
import io.barista.engine.GenerationRequest;
import io.barista.engine.RequestTimings;
import io.barista.engine.beam.Beam;
import io.barista.engine.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The way out of one request: its samples, its usage, its times and its listener. Other threads pass it around; only the output
 * thread uses it.
 */
public final class RequestOutput {

    private final GenerationRequest request;
    private final int maxTokens;
    private final List<SampleOutput> samples = new ArrayList<>();
    private final List<TokenLogprobs> promptLogprobs = new ArrayList<>();
    private final EventDelivery delivery;
    private final EngineObserver observer;

    private final long submittedNanos;
    private long startedNanos;
    private long firstTokenNanos;
    private long lastTokenNanos;
    private int cachedTokens;
    private boolean ended;

    /**
     * @param maxTokens  limit per sample, after clipping
     * @param whenBroken called when the listener throws
     */
    public RequestOutput(GenerationRequest request, int maxTokens, Tokenizer tokenizer, EngineListener listener,
            EngineObserver observer, Runnable whenBroken, long submittedNanos) {
        this.request = request;
        this.maxTokens = maxTokens;
        this.delivery = new EventDelivery(request.id(), listener, whenBroken);
        this.observer = observer;
        this.submittedNanos = submittedNanos;
        for (int i = 0; i < request.sampling().n(); i++) {
            samples.add(new SampleOutput(i, request.sampling(), tokenizer));
        }
    }

    public String id() {
        return request.id();
    }

    /** Begins to deliver events. */
    public void open() {
        delivery.start();
    }

    void started(int cached, long nanos) {
        cachedTokens = cached;
        startedNanos = nanos;
    }

    /** More of the prompt's log-probabilities; they are told at once, before the first token. */
    void promptTokens(List<TokenLogprobs> logprobs) {
        promptLogprobs.addAll(logprobs);
    }

    /** @return what ended the sample, if this token did */
    @Nullable
    SampleFinished token(TokenBatch batch, int index) {
        SampleOutput sample = samples.get(batch.sample(index));
        if (ended || sample.finished() != null) {
            // The engine was a step ahead of a stop string; nobody asked for this token.
            return null;
        }
        observe(sample, batch.nanos());
        tellPromptLogprobs();
        delivery.deliver(sample.accept(batch, index));
        SampleFinished finished = sample.finished();
        if (finished != null) {
            delivery.deliver(finished);
        }
        return finished;
    }

    /** All of a search's answers at once, and the end. */
    void beams(List<Beam> answers, long nanos) {
        tellPromptLogprobs();
        for (int i = 0; i < answers.size(); i++) {
            observe(samples.get(i), nanos);
            delivery.deliver(samples.get(i).accept(answers.get(i), request.promptTokens().length, nanos));
            delivery.deliver(Objects.requireNonNull(samples.get(i).finished()));
        }
        complete(nanos);
    }

    boolean isComplete() {
        return samples.stream().allMatch(sample -> sample.finished() != null);
    }

    void abort() {
        for (SampleOutput sample : samples) {
            if (sample.finished() == null) {
                sample.abort();
                delivery.deliver(new SampleFinished(samples.indexOf(sample), FinishReason.ABORT, null));
            }
        }
    }

    void complete(long nanos) {
        end(new EngineEvent.Completed(
                new EngineEvent.Usage(request.promptTokens().length, generatedTokens(), cachedTokens)), null, nanos);
    }

    void fail(EngineException error, long nanos) {
        end(new EngineEvent.Failed(error), error.code(), nanos);
    }

    private void end(EngineEvent last, EngineException.@Nullable Code error, long nanos) {
        ended = true;
        RequestTimings timings = timings(error, nanos);
        RequestLog.ended(timings);
        observer.onFinish(timings);
        delivery.deliver(last);
    }

    private void observe(SampleOutput sample, long nanos) {
        if (sample.lastTokenNanos() == 0) {
            observer.onFirstToken(nanos - submittedNanos);
        } else {
            observer.onNextToken(nanos - sample.lastTokenNanos());
        }
        firstTokenNanos = firstTokenNanos == 0 ? nanos : firstTokenNanos;
        lastTokenNanos = nanos;
    }

    private void tellPromptLogprobs() {
        if (!promptLogprobs.isEmpty()) {
            delivery.deliver(new EngineEvent.PromptLogprobs(List.copyOf(promptLogprobs)));
            promptLogprobs.clear();
        }
    }

    private int generatedTokens() {
        return samples.stream().mapToInt(SampleOutput::tokens).sum();
    }

    private RequestTimings timings(EngineException.@Nullable Code error, long nanos) {
        List<@Nullable FinishReason> reasons = new ArrayList<>();
        for (SampleOutput sample : samples) {
            SampleFinished finished = sample.finished();
            reasons.add(finished == null ? null : finished.reason());
        }
        return new RequestTimings(request.id(), reasons, error, request.promptTokens().length, cachedTokens,
                generatedTokens(), maxTokens, samples.size(), span(submittedNanos, startedNanos),
                span(startedNanos, firstTokenNanos), span(firstTokenNanos, lastTokenNanos),
                span(submittedNanos, firstTokenNanos), nanos - submittedNanos,
                samples.stream().mapToInt(SampleOutput::preemptions).sum());
    }

    /** 0 when the end was never reached. */
    private static long span(long start, long end) {
        return end == 0 ? 0 : end - start;
    }
}
