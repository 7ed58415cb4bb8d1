package io.barista.engine.cpu;

import io.barista.engine.backend.AdapterShape;
import io.barista.engine.backend.StepInputs;

/** Which adapter each row of the products at hand has: rows of all of a step's tokens, or of those whose logits it wants. */
final class AdapterRows {

    private int[] ofLogitRows = {};
    private int[] slots = {};
    private int count;

    void takeTokens(StepInputs step) {
        slots = step.adapterSlots;
        count = step.tokens;
    }

    void takeLogitRows(StepInputs step) {
        CpuChecks.requireLogitRows(step);
        if (ofLogitRows.length < step.logitRows) {
            ofLogitRows = new int[step.maxTokens()];
        }
        for (int row = 0; row < step.logitRows; row++) {
            ofLogitRows[row] = step.adapterSlots[step.logitIndices[row]];
        }
        slots = ofLogitRows;
        count = step.logitRows;
    }

    /** Of each row, -1 where it has no adapter; what follows the last row is undefined, as everything is in steps without adapters. */
    int[] slots() {
        return slots;
    }

    int count() {
        return count;
    }

    /** @throws IllegalArgumentException when a row names a slot that there is not */
    void requireSlotsOf(AdapterShape shape) {
        for (int row = 0; row < count; row++) {
            if (slots[row] < -1 || slots[row] >= shape.slots()) {
                throw new IllegalArgumentException("%s: row %d names adapter slot %d of %d".formatted(shape.name(), row,
                        slots[row], shape.slots()));
            }
        }
    }
}
