package io.barista.engine.cuda;

import io.barista.engine.backend.StepInputs;

/**
 * Which rows have which adapter in the step under way: rows of all its tokens, and then, where it wants the logits of fewer, of those
 * that its last layer goes on with.
 */
final class StepAdapters {

    private final int slots;
    private final AdapterRows ofTokens;
    private final AdapterRows ofLogitRows; // none where the step wants the logits of every token
    private AdapterRows current;
    private int[] gathered = new int[0];

    /** @param slots that rows may name */
    StepAdapters(int slots) {
        this.slots = slots;
        this.ofTokens = new AdapterRows(slots);
        this.ofLogitRows = new AdapterRows(slots);
        this.current = ofTokens;
    }

    boolean hold(int number) {
        return number <= slots;
    }

    /** Begins a step with adapters. */
    void begin(StepInputs inputs) {
        ofTokens.arrange(inputs.adapterSlots, inputs.tokens);
        int fewer = inputs.logitRows < inputs.tokens ? inputs.logitRows : 0;
        if (gathered.length < fewer) {
            gathered = new int[inputs.maxTokens()];
        }
        for (int row = 0; row < fewer; row++) {
            gathered[row] = inputs.adapterSlots[inputs.logitIndices[row]];
        }
        ofLogitRows.arrange(gathered, fewer);
        current = ofTokens;
    }

    /** From here on {@link #rows} are those whose logits the step wants. */
    void continueWithLogitRows(StepInputs inputs) {
        current = inputs.logitRows < inputs.tokens ? ofLogitRows : ofTokens;
    }

    /** The rows of the products at hand. */
    AdapterRows rows() {
        return current;
    }

    AdapterRows ofTokens() {
        return ofTokens;
    }

    AdapterRows ofLogitRows() {
        return ofLogitRows;
    }

    /** Ints on the device of any step of at most so many tokens. */
    long mostInts(int tokens) {
        return ofTokens.mostInts(tokens) + ofLogitRows.mostInts(tokens);
    }
}
