package io.barista.engine.scheduler;

import io.barista.engine.GenerationRequest;
import io.barista.engine.SamplingParams;
import io.barista.engine.kvcache.BlockTable;
import java.util.Arrays;

/** One sample of a request: a growing list of tokens, how many of them are computed, and the blocks they are in. Confined to the engine loop. */
public final class Sequence {

    /** Output tokens that there is room for after the first; a longer answer doubles the array now and then. */
    private static final int INITIAL_OUTPUT = 256;

    private final GenerationRequest request;
    private final int sample;
    private final long seed;
    private final int maxLength;
    private final BlockTable blocks;

    private int[] tokens;
    private int length;
    private int computed;
    private int cachedTokens = -1;
    private int preemptions;
    private SequenceStatus status = SequenceStatus.WAITING;

    /**
     * @param sample    0 up to n-1
     * @param seed      of the request
     * @param maxLength tokens of prompt and answer at which it ends
     */
    public Sequence(GenerationRequest request, int sample, long seed, int maxLength, BlockTable blocks) {
        this.request = request;
        this.sample = sample;
        this.seed = seed;
        this.maxLength = maxLength;
        this.blocks = blocks;
        // Shared until the first token is appended, so that samples that wait cost nothing.
        this.tokens = request.promptTokens();
        this.length = tokens.length;
    }

    public GenerationRequest request() {
        return request;
    }

    public SamplingParams sampling() {
        return request.sampling();
    }

    public int sample() {
        return sample;
    }

    public long seed() {
        return seed;
    }

    /** Prompt and answer; valid up to {@link #length()}, to be read only. */
    public int[] tokens() {
        return tokens;
    }

    public int length() {
        return length;
    }

    public int promptLength() {
        return request.promptTokens().length;
    }

    /** Tokens generated so far. */
    public int outputLength() {
        return length - promptLength();
    }

    /** Tokens whose keys and values are in the cache. */
    public int computed() {
        return computed;
    }

    /** Tokens that must be computed before the next one can be chosen. */
    public int pending() {
        return length - computed;
    }

    public boolean isAtMaxLength() {
        return length >= maxLength;
    }

    /** Prompt tokens found in the prefix cache when it first ran; 0 before. */
    public int cachedTokens() {
        return Math.max(0, cachedTokens);
    }

    public int preemptions() {
        return preemptions;
    }

    public SequenceStatus status() {
        return status;
    }

    public BlockTable blocks() {
        return blocks;
    }

    /** Adds the chosen token; it is the next to be computed. */
    public void append(int token) {
        if (length == tokens.length) {
            tokens = Arrays.copyOf(tokens, Math.min(maxLength, length + Math.max(length, INITIAL_OUTPUT)));
        }
        tokens[length++] = token;
    }

    /** @return whether this is its first start, not one after a preemption */
    boolean start(int cached) {
        status = SequenceStatus.RUNNING;
        computed = cached;
        boolean first = cachedTokens < 0;
        if (first) {
            cachedTokens = cached;
        }
        return first;
    }

    void advance(int count) {
        computed += count;
    }

    void preempt() {
        status = SequenceStatus.PREEMPTED;
        computed = 0;
        preemptions++;
    }

    void finish() {
        status = SequenceStatus.FINISHED;
    }

    @Override
    public String toString() {
        return "%s/%d %s %d of %d".formatted(request.id(), sample, status, computed, length);
    }
}
