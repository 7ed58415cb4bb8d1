package io.barista.engine.output;

import io.barista.engine.EngineEvent.TokenLogprobs;
import io.barista.engine.FinishReason;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one step on their way to the output thread, which gives the batch back to be filled again. Belongs to one thread at a
 * time.
 */
public final class TokenBatch implements OutputMessage {

    private final @Nullable RequestOutput[] requests;
    private final int[] samples;
    private final int[] tokens;
    private final @Nullable TokenLogprobs[] logprobs;
    private final @Nullable FinishReason[] finishes;
    private final int[] preemptions;
    private int size;
    private long nanos;

    TokenBatch(int capacity) {
        this.requests = new RequestOutput[capacity];
        this.samples = new int[capacity];
        this.tokens = new int[capacity];
        this.logprobs = new TokenLogprobs[capacity];
        this.finishes = new FinishReason[capacity];
        this.preemptions = new int[capacity];
    }

    /**
     * @param finish         why it is the sample's last token; null when it is not
     * @param preemptedTimes how often the sample was preempted so far
     */
    public void add(RequestOutput request, int sample, int token, @Nullable TokenLogprobs tokenLogprobs,
            @Nullable FinishReason finish, int preemptedTimes) {
        requests[size] = request;
        samples[size] = sample;
        tokens[size] = token;
        logprobs[size] = tokenLogprobs;
        finishes[size] = finish;
        preemptions[size] = preemptedTimes;
        size++;
    }

    /** When the tokens came. */
    public void at(long stepNanos) {
        this.nanos = stepNanos;
    }

    int size() {
        return size;
    }

    long nanos() {
        return nanos;
    }

    RequestOutput request(int index) {
        RequestOutput request = requests[index];
        if (request == null) {
            throw new IndexOutOfBoundsException(index);
        }
        return request;
    }

    int sample(int index) {
        return samples[index];
    }

    int token(int index) {
        return tokens[index];
    }

    @Nullable
    TokenLogprobs logprobs(int index) {
        return logprobs[index];
    }

    @Nullable
    FinishReason finish(int index) {
        return finishes[index];
    }

    /** Whether the token itself ended the sample, so that it is no text. */
    boolean isStopToken(int index) {
        return finishes[index] == FinishReason.STOP;
    }

    int preemptions(int index) {
        return preemptions[index];
    }

    void clear() {
        for (int i = 0; i < size; i++) {
            requests[i] = null;
            logprobs[i] = null;
        }
        size = 0;
    }
}
