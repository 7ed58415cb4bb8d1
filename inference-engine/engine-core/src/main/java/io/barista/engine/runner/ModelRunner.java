package io.barista.engine.runner;

import io.barista.engine.lora.Adapter;
import io.barista.engine.model.LongSequences;
import io.barista.engine.scheduler.StepPlan;

/** Runs the model. Confined to the engine loop, which opens and closes it. */
public interface ModelRunner extends AutoCloseable {

    /**
     * Computes the plan's tokens and chooses the next token of every sequence that {@link StepPlan#wantsToken wants one}.
     *
     * @param result receives those tokens at the plan's indices
     */
    void execute(StepPlan plan, StepResult result);

    /**
     * Fills a slot with an adapter while no step names it. Called by another thread than the engine loop, one call at a time.
     */
    default void writeAdapter(int slot, Adapter adapter) {
        throw new UnsupportedOperationException("this model takes no adapters");
    }

    /** How sequences that the model treats in another way are told from others. */
    default LongSequences longSequences() {
        return LongSequences.NONE;
    }

    @Override
    void close();
}
