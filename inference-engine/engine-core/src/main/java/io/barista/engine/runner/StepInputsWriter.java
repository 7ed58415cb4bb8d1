package io.barista.engine.runner;

import io.barista.engine.backend.StepInputs;
import io.barista.engine.kvcache.BlockTable;
import io.barista.engine.model.LongSequences;
import io.barista.engine.scheduler.Sequence;
import io.barista.engine.scheduler.StepPlan;

/** Writes a plan as the flat arrays that a backend reads. */
final class StepInputsWriter {

    private final LongSequences longSequences;

    StepInputsWriter(LongSequences longSequences) {
        this.longSequences = longSequences;
    }

    LongSequences longSequences() {
        return longSequences;
    }

    void write(StepPlan plan, StepInputs inputs) {
        int row = 0;
        int logitRows = 0;
        int adapterTokens = 0;
        for (int s = 0; s < plan.size(); s++) {
            Sequence sequence = plan.sequence(s);
            BlockTable table = sequence.blocks();
            inputs.queryStarts[s] = row;
            int firstRopeRow = longSequences.rowOfFirstPosition(sequence.plannedLength());
            int end = sequence.computed() + plan.count(s);
            for (int position = sequence.computed(); position < end; position++) {
                inputs.tokenIds[row] = position < sequence.length()
                        ? sequence.tokens()[position]
                        : StepInputs.drawnIn(sequence.expectedRow());
                inputs.positions[row] = position;
                inputs.ropeRows[row] = firstRopeRow + position;
                inputs.slots[row] = table.slot(position);
                inputs.adapterSlots[row] = sequence.adapterSlot();
                row++;
            }
            inputs.contextLengths[s] = end;
            adapterTokens += sequence.adapterSlot() >= 0 ? plan.count(s) : 0;
            int firstBlock = s * inputs.maxBlocksPerSequence();
            for (int block = 0; block < table.size(); block++) {
                inputs.blockTables[firstBlock + block] = table.number(block);
            }
            for (int i = 0; i < plan.promptRows(s); i++) {
                inputs.logitIndices[logitRows++] = inputs.queryStarts[s] + plan.promptRowStart(s) + i
                        - sequence.computed();
            }
            if (plan.wantsToken(s)) {
                inputs.logitIndices[logitRows++] = row - 1;
            }
        }
        inputs.queryStarts[plan.size()] = row;
        inputs.tokens = row;
        inputs.sequences = plan.size();
        inputs.logitRows = logitRows;
        inputs.adapterTokens = adapterTokens;
    }
}
