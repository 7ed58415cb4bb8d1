package io.barista.engine;

import io.barista.engine.sampling.SamplingRecipe;

/**
 * A request that passed all checks, on its way to the engine loop.
 *
 * @param maxLength     tokens of prompt and answer at which a sample ends
 * @param deadlineNanos on {@link System#nanoTime}'s scale; {@link #NO_DEADLINE} for none
 */
public record AcceptedRequest(GenerationRequest request, SamplingRecipe recipe, int maxLength, long deadlineNanos) {

    /** So far away that no clock gets there. */
    public static final long NO_DEADLINE = Long.MAX_VALUE;

    public SamplingParams sampling() {
        return request.sampling();
    }

    boolean hasDeadline() {
        return deadlineNanos != NO_DEADLINE;
    }
}
