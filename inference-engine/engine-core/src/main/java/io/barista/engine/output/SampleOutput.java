package io.barista.engine.output;

import io.barista.engine.EngineEvent.Delta;
import io.barista.engine.EngineEvent.SampleFinished;
import io.barista.engine.EngineEvent.TokenLogprobs;
import io.barista.engine.FinishReason;
import io.barista.engine.SamplingParams;
import io.barista.engine.beam.Beam;
import io.barista.engine.tokenizer.IncrementalDetokenizer;
import io.barista.engine.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One sample's tokens on their way to text: detokenized, searched for stop strings, counted. Confined to the output thread. */
final class SampleOutput {

    private final int sample;
    private final SamplingParams sampling;
    private final IncrementalDetokenizer detokenizer;
    private final StopStrings stopStrings;

    private int tokens;
    private int preemptions;
    private long lastTokenNanos;
    private @Nullable SampleFinished finished;

    SampleOutput(int sample, SamplingParams sampling, Tokenizer tokenizer) {
        this.sample = sample;
        this.sampling = sampling;
        this.detokenizer = new IncrementalDetokenizer(tokenizer, sampling.skipSpecialTokens());
        this.stopStrings = new StopStrings(sampling.stop(), sampling.includeStopString());
    }

    /** The token as a delta; {@link #finished} tells whether it was the last. */
    Delta accept(TokenBatch batch, int index) {
        int token = batch.token(index);
        FinishReason finish = batch.finish(index);
        tokens++;
        preemptions = batch.preemptions(index);
        lastTokenNanos = batch.nanos();
        String text = "";
        if (!batch.isStopToken(index) || sampling.includeStopString()) {
            text = search(detokenizer.append(token));
        }
        if (finish != null) {
            text += search(detokenizer.flush());
        }
        if (stopStrings.matched() != null) {
            finished = new SampleFinished(sample, FinishReason.STOP, stopStrings.matched());
        } else if (finish != null) {
            text += stopStrings.flush();
            finished = new SampleFinished(sample, finish, batch.isStopToken(index) ? matchedToken(token) : null);
        }
        TokenLogprobs logprobs = batch.logprobs(index);
        return new Delta(sample, text, new int[]{token}, logprobs == null ? List.of() : List.of(logprobs));
    }

    /** A whole answer as a delta. */
    Delta accept(Beam beam, int promptLength, long nanos) {
        int[] answer = Arrays.copyOfRange(beam.tokens(), promptLength, beam.tokens().length);
        tokens = answer.length;
        lastTokenNanos = nanos;
        StringBuilder text = new StringBuilder();
        for (int token : answer) {
            text.append(detokenizer.append(token));
        }
        text.append(detokenizer.flush());
        finished = new SampleFinished(sample, beam.ended() ? FinishReason.STOP : FinishReason.LENGTH, null);
        return new Delta(sample, text.toString(), answer, logprobs(beam, answer.length));
    }

    private List<TokenLogprobs> logprobs(Beam beam, int count) {
        Integer top = sampling.logprobs();
        if (top == null) {
            return List.of();
        }
        return beam.logprobs().stream().limit(count).map(entry -> new TokenLogprobs(entry.chosen(), entry.rank(),
                entry.top().subList(0, Math.min(top < 0 ? Integer.MAX_VALUE : top, entry.top().size())))).toList();
    }

    void abort() {
        finished = new SampleFinished(sample, FinishReason.ABORT, null);
    }

    /** How it ended; null while it has not. */
    @Nullable
    SampleFinished finished() {
        return finished;
    }

    int tokens() {
        return tokens;
    }

    int preemptions() {
        return preemptions;
    }

    /** When its last token came; 0 before the first. */
    long lastTokenNanos() {
        return lastTokenNanos;
    }

    /** Text of the first {@code min_tokens} tokens cannot stop the sample. */
    private String search(String text) {
        return tokens <= sampling.minTokens() ? text : stopStrings.append(text);
    }

    private @Nullable Object matchedToken(int token) {
        return sampling.stopTokenIds().contains(token) ? token : null;
    }
}
