package io.barista.engine.runner;

import io.barista.engine.backend.DeviceSensors;
import io.barista.engine.lora.Adapter;
import io.barista.engine.model.LongSequences;
import io.barista.engine.scheduler.Sequence;
import io.barista.engine.scheduler.StepPlan;
import java.util.Optional;

/** Runs the model. Confined to the engine loop, which opens and closes it. */
public interface ModelRunner extends AutoCloseable {

    /** Before the first request: does what would keep it waiting. */
    default void warmUp() {}

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

    /**
     * Whether this sequence's tokens are chosen without the host, so that a step may {@link #begin} before those of the step before
     * are known.
     */
    default boolean runsAhead(Sequence sequence) {
        return false;
    }

    /**
     * Begins what {@link #execute} does, and does not wait for the device. All of the plan's sequences run ahead. One step may begin
     * while another is under way.
     */
    default void begin(StepPlan plan) {
        throw new UnsupportedOperationException("no step runs ahead here");
    }

    /** Waits for the step that has begun first. */
    default void await(StepPlan plan, StepResult result) {
        throw new IllegalStateException("no step is under way");
    }

    /** Of the device that it runs on. */
    default Optional<DeviceSensors> sensors() {
        return Optional.empty();
    }

    /** How sequences that the model treats in another way are told from others. */
    default LongSequences longSequences() {
        return LongSequences.NONE;
    }

    @Override
    void close();
}
