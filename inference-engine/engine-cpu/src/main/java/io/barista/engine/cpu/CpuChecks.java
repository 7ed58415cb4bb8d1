package io.barista.engine.cpu;

import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.Matrix;
import io.barista.engine.backend.RopeTable;
import io.barista.engine.backend.StepInputs;

/** What must hold before the maths begins; anything else is an {@link IllegalArgumentException}. */
final class CpuChecks {

    private CpuChecks() {}

    /** The buffer's array, which has room for so many rows. */
    static float[] values(DeviceBuffer buffer, int rows, int columns) {
        float[] values = ((CpuBuffer) buffer).values();
        if (rows < 0 || (long) rows * columns > values.length) {
            throw new IllegalArgumentException(
                    "%s has %d elements, [%d, %d] needs more".formatted(buffer.name(), values.length, rows, columns));
        }
        return values;
    }

    static void requireDifferent(String operation, DeviceBuffer source, DeviceBuffer out) {
        if (source == out) {
            throw new IllegalArgumentException(operation + " cannot write over its source " + source.name());
        }
    }

    static void requireRoom(String workspace, int rows, int maxRows) {
        if (rows < 0 || rows > maxRows) {
            throw new IllegalArgumentException("%d rows, %s has room for %d".formatted(rows, workspace, maxRows));
        }
    }

    static void requireFits(AttentionSpec attention, KvCache cache, int layer, boolean latent) {
        KvCache.Shape shape = cache.shape();
        if (layer < 0 || layer >= shape.layers() || attention.kvHeads() != shape.kvHeads()
                || attention.headDim() != shape.headDim() || attention.heads() % attention.kvHeads() != 0
                || latent != shape.latent()) {
            throw new IllegalArgumentException(
                    "layer %d with %s over a cache of %s".formatted(layer, attention, shape));
        }
    }

    static void requireSound(StepInputs step) {
        if (step.tokens < 0 || step.tokens > step.maxTokens() || step.sequences > step.maxSequences()
                || step.logitRows > step.maxTokens() || step.queryStarts[step.sequences] != step.tokens) {
            throw new IllegalArgumentException(
                    "step of %d tokens in %d sequences, %d logit rows, room for %d tokens in %d".formatted(
                            step.tokens, step.sequences, step.logitRows, step.maxTokens(), step.maxSequences()));
        }
    }

    /** That the table has a row for each token. */
    static void requireIds(StepInputs step, Matrix table) {
        for (int t = 0; t < step.tokens; t++) {
            if (step.tokenIds[t] < 0 || step.tokenIds[t] >= table.outputs()) {
                throw new IllegalArgumentException("token id %d at row %d, %s has %d rows".formatted(
                        step.tokenIds[t], t, table.name(), table.outputs()));
            }
        }
    }

    static void requireLogitRows(StepInputs step) {
        for (int row = 0; row < step.logitRows; row++) {
            if (step.logitIndices[row] < 0 || step.logitIndices[row] >= step.tokens) {
                throw new IllegalArgumentException("logit row %d names row %d of %d".formatted(row,
                        step.logitIndices[row], step.tokens));
            }
        }
    }

    static void requireRotary(RopeTable rope, int least, int most) {
        if (rope.rotaryDim() < least || rope.rotaryDim() > most) {
            throw new IllegalArgumentException(
                    "rotary dimension %d, expected %d to %d".formatted(rope.rotaryDim(), least, most));
        }
    }

    /** Where the step's tokens turn and go. */
    static void requirePlaces(StepInputs step, RopeTable rope, KvCache.Shape shape) {
        long slots = (long) shape.blocks() * shape.blockTokens();
        for (int t = 0; t < step.tokens; t++) {
            if (step.ropeRows[t] < 0 || step.ropeRows[t] >= rope.positions() || step.slots[t] < 0
                    || step.slots[t] >= slots) {
                throw new IllegalArgumentException("row %d: rope row %d of %d, slot %d of %d".formatted(t,
                        step.ropeRows[t], rope.positions(), step.slots[t], slots));
            }
        }
    }

    /** That each sequence has the keys its queries look at. */
    static void requireContexts(StepInputs step, KvCache.Shape shape) {
        for (int s = 0; s < step.sequences; s++) {
            int queries = step.queryStarts[s + 1] - step.queryStarts[s];
            if (step.contextLengths[s] < queries
                    || step.contextLengths[s] > (long) step.maxBlocksPerSequence() * shape.blockTokens()) {
                throw new IllegalArgumentException(
                        "sequence %d: %d queries, context of %d, %d blocks of %d tokens at most"
                                .formatted(s, queries, step.contextLengths[s], step.maxBlocksPerSequence(),
                                        shape.blockTokens()));
            }
        }
    }
}
