package io.barista.engine.scheduler;

import io.barista.engine.AcceptedRequest;
import io.barista.engine.GenerationRequest;
import io.barista.engine.SamplingParams;
import io.barista.engine.grammar.ConstrainedOutput;
import io.barista.engine.grammar.OutputConstraint;
import io.barista.engine.kvcache.BlockTable;
import io.barista.engine.lora.AdapterSlots;
import io.barista.engine.sampling.SamplingRecipe;
import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** One sample of a request: a growing list of tokens, how many of them are computed, and the blocks they are in. Confined to the engine loop. */
public final class Sequence {

    /** Who is served first: the lower priority number, then who came first; no two are equal. */
    static final Comparator<Sequence> ORDER = Comparator.comparingInt(Sequence::priority)
            .thenComparingLong(sequence -> sequence.arrival).thenComparingInt(Sequence::sample);

    /** Output tokens that there is room for after the first; a longer answer doubles the array now and then. */
    private static final int INITIAL_OUTPUT = 256;

    private final AcceptedRequest accepted;
    private final int sample;
    private final BlockTable blocks;
    private final SequenceOwner owner;
    private final @Nullable Sequence leader;
    private final @Nullable ConstrainedOutput constraint;

    private int[] tokens;
    private int length;
    private int computed;
    private int planned;
    private int expected;
    private int expectedRow;
    private int promptLogprobs = 1;
    private int cachedTokens = -1;
    private int preemptions;
    private int adapterSlot = AdapterSlots.BASE;
    private long arrival;
    private SequenceStatus status = SequenceStatus.WAITING;

    /**
     * @param sample 0 up to n-1
     * @param leader the request's first sample, which computes the prompt for all; null for itself
     */
    public Sequence(AcceptedRequest accepted, int sample, @Nullable Sequence leader, BlockTable blocks,
            SequenceOwner owner) {
        this.accepted = accepted;
        this.sample = sample;
        this.leader = leader;
        this.blocks = blocks;
        this.owner = owner;
        OutputConstraint asked = request().constraint();
        this.constraint = asked == null ? null : asked.start(sampling().stopTokenIds());
        // Shared until the first token is appended, so that samples that wait cost nothing.
        this.tokens = request().promptTokens();
        this.length = tokens.length;
    }

    public GenerationRequest request() {
        return accepted.request();
    }

    public SamplingParams sampling() {
        return request().sampling();
    }

    public SamplingRecipe recipe() {
        return accepted.recipe();
    }

    public SequenceOwner owner() {
        return owner;
    }

    public int sample() {
        return sample;
    }

    /** Lower is served first. */
    public int priority() {
        return request().priority();
    }

    /** Prompt and answer; valid up to {@link #length()}, to be read only. */
    public int[] tokens() {
        return tokens;
    }

    public int length() {
        return length;
    }

    public int promptLength() {
        return request().promptTokens().length;
    }

    /** {@link #length()}, and the tokens that steps under way are choosing. */
    public int plannedLength() {
        return length + expected;
    }

    /** The row of logits, of the last step begun, that its newest token comes from while that is not known yet. */
    public int expectedRow() {
        return expectedRow;
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
        return plannedLength() - computed;
    }

    /** Whether what is under way ends it at the latest, so that there is nothing more to plan. */
    boolean awaitsItsLast() {
        return expected > 0 && plannedLength() >= accepted.maxLength();
    }

    /** A step that has begun chooses a token for it. */
    void expect(int row) {
        expected++;
        expectedRow = row;
    }

    public boolean isAtMaxLength() {
        return length >= accepted.maxLength();
    }

    /** Prompt tokens found in the prefix cache when it first ran; 0 before. */
    public int cachedTokens() {
        return Math.max(0, cachedTokens);
    }

    public int preemptions() {
        return preemptions;
    }

    /** Where its adapter is while it runs; {@link AdapterSlots#BASE} without one. */
    public int adapterSlot() {
        return adapterSlot;
    }

    public SequenceStatus status() {
        return status;
    }

    public BlockTable blocks() {
        return blocks;
    }

    /** What may come next; null for anything. Follows the tokens that were chosen, so a preemption does not touch it. */
    public @Nullable ConstrainedOutput constraint() {
        return constraint;
    }

    /** Adds the chosen token; it is the next to be computed. */
    public void append(int token) {
        if (length == tokens.length) {
            tokens = Arrays.copyOf(tokens, Math.min(accepted.maxLength(), length + Math.max(length, INITIAL_OUTPUT)));
        }
        tokens[length++] = token;
        expected = Math.max(0, expected - 1);
        if (constraint != null) {
            constraint.accept(token);
        }
    }

    /** The prompt position whose logits tell about the first prompt token not yet told about; the prompt's last when all are. */
    int firstPromptRow() {
        boolean wanted = sample == 0 && sampling().promptLogprobs() != null;
        return wanted ? Math.max(computed, promptLogprobs - 1) : promptLength() - 1;
    }

    boolean lacksPromptLogprobs() {
        return firstPromptRow() < promptLength() - 1;
    }

    /** Whether another sample is just about to compute the prompt that this one waits for. */
    boolean awaitsLeader() {
        return leader != null && leader.status == SequenceStatus.RUNNING && leader.planned < promptLength();
    }

    void arrive(long number) {
        arrival = number;
    }

    /** @return whether this is its first start, not one after a preemption */
    boolean start(int cached, int slot) {
        status = SequenceStatus.RUNNING;
        adapterSlot = slot;
        computed = cached;
        boolean first = cachedTokens < 0;
        if (first) {
            cachedTokens = cached;
        }
        return first;
    }

    /** Goes on in the place of one that ended, as if it had started when that one did. */
    void succeed(Sequence ended) {
        arrival = ended.arrival;
        cachedTokens = ended.cachedTokens;
        preemptions = ended.preemptions;
    }

    void plan(int count) {
        planned = computed + count;
    }

    void advance(int count) {
        computed += count;
        promptLogprobs = Math.max(promptLogprobs, Math.min(computed + 1, promptLength()));
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
        return "%s/%d %s %d of %d".formatted(request().id(), sample, status, computed, length);
    }
}
