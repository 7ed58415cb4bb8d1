package io.barista.engine.model;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.MixtureSpec;
import java.util.Optional;

/** What a layer does after attention. */
public sealed interface FeedForward {

    /**
     * down(act(gate(x)) · up(x)).
     *
     * @param inner width between
     * @param bias  biases on all three projections
     * @param fused whether the folder holds gate and up as one matrix
     */
    record Gated(int inner, Activation activation, boolean bias, boolean fused) implements FeedForward {

        Gated withFusedWeights() {
            return new Gated(inner, activation, bias, true);
        }
    }

    /**
     * Experts of which a router chooses some for each token.
     *
     * @param correction whether the folder holds corrections for the router's choice
     * @param shared     an expert that every token takes
     */
    record Mixture(MixtureSpec spec, MixtureNames names, boolean correction,
            Optional<Shared> shared) implements FeedForward {}

    /** @param gated whether its result is multiplied by a sigmoid of its own */
    record Shared(Gated expert, boolean gated) {}
}
