package io.barista.engine.sampling;

import io.barista.engine.SamplingParams;
import io.barista.engine.backend.SamplingRows;

/** Says to a device what {@link Sampler} would do. Reuses its memory, so it is confined to one thread. */
public final class DeviceRows {

    private final Penalties penalties;

    public DeviceRows(int vocabSize) {
        this.penalties = new Penalties(vocabSize);
    }

    /** Whether a device can do all that is asked for. */
    public static boolean takes(SamplingRecipe recipe) {
        SamplingParams params = recipe.params();
        Integer top = params.logprobs();
        // Log-probabilities are those of the raw logits, which rules and penalties write over.
        return params.beams() == null && recipe.rules().onlyAdds()
                && (top == null || top >= 0 && top <= SamplingRows.MOST_TOP && !params.adjustsLogits());
    }

    /** Whether it can be said before the newest token is known. */
    public static boolean takesAhead(SamplingRecipe recipe) {
        return takes(recipe) && recipe.params().promptLogprobs() == null && !hasPenalties(recipe.params())
                && !recipe.rules().readsTokens();
    }

    /**
     * Fills the next row.
     *
     * @param sample which of the request's samples
     * @param tokens prompt and output, valid up to {@code length} as far as they are looked at
     */
    public void add(SamplingRows rows, SamplingRecipe recipe, int sample, int[] tokens, int promptLength, int length) {
        int row = rows.rows;
        SamplingParams params = recipe.params();
        if (params.isGreedy()) {
            rows.setGreedy(row);
        } else {
            rows.set(row, params.temperature(), Math.max(0, params.topK()), params.topP(), params.minP(),
                    recipe.uniform(sample, length - promptLength));
        }
        Integer top = params.logprobs();
        rows.top[row] = top == null ? SamplingRows.NO_LOGPROBS : top;
        recipe.rules().addTo(rows.added, tokens, promptLength, length);
        if (hasPenalties(params)) {
            rows.setPenalties(row, params.repetitionPenalty(), params.frequencyPenalty(), params.presencePenalty());
            penalties.countInto(rows.seen, tokens, promptLength, length);
        }
        rows.endRow();
    }

    /** Fills the next row with what costs least, for one that the host samples or only looks at. */
    public static void skip(SamplingRows rows) {
        rows.setGreedy(rows.rows);
        rows.endRow();
    }

    private static boolean hasPenalties(SamplingParams params) {
        return params.repetitionPenalty() != 1 || params.frequencyPenalty() != 0 || params.presencePenalty() != 0;
    }
}
