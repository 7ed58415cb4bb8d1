package io.barista.engine.cuda;

import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.StepInputs;

/** What must hold before a kernel gets an address, for it would write past the end without a word. */
final class CudaChecks {

    private CudaChecks() {}

    /** Of a buffer with room for so many rows. */
    static long address(DeviceBuffer buffer, int rows, int columns) {
        if (rows < 0 || (long) rows * columns > buffer.elements()) {
            throw new IllegalArgumentException(
                    "%s has %d elements, [%d, %d] needs more".formatted(buffer.name(), buffer.elements(), rows,
                            columns));
        }
        return ((CudaBuffer) buffer).address();
    }

    static CudaVector vector(DeviceBuffer buffer, int columns) {
        if (buffer.elements() < columns) {
            throw new IllegalArgumentException(
                    "%s has %d elements, expected %d".formatted(buffer.name(), buffer.elements(), columns));
        }
        return (CudaVector) buffer;
    }

    static void requireDifferent(String operation, DeviceBuffer source, DeviceBuffer out) {
        if (source == out) {
            throw new IllegalArgumentException(operation + " cannot write over its source " + source.name());
        }
    }

    static void requireFits(AttentionSpec attention, KvCache cache, int layer) {
        KvCache.Shape shape = cache.shape();
        if (layer < 0 || layer >= shape.layers() || attention.kvHeads() != shape.kvHeads()
                || attention.headDim() != shape.headDim() || attention.heads() % attention.kvHeads() != 0) {
            throw new IllegalArgumentException(
                    "layer %d with %s over a cache of %s".formatted(layer, attention, shape));
        }
    }

    static void requireRange(CudaBuffer buffer, long offset, int count, int hostLength) {
        if (offset < 0 || count < 0 || count > hostLength || offset + count > buffer.elements()) {
            throw new IllegalArgumentException("%d elements from %d of %s, which has %d, and %d on the host"
                    .formatted(count, offset, buffer.name(), buffer.elements(), hostLength));
        }
    }

    static void requireSound(StepInputs inputs) {
        if (inputs.tokens < 0 || inputs.tokens > inputs.maxTokens() || inputs.sequences > inputs.maxSequences()
                || inputs.logitRows > inputs.maxTokens() || inputs.queryStarts[inputs.sequences] != inputs.tokens) {
            throw new IllegalArgumentException(
                    "step of %d tokens in %d sequences, %d logit rows, room for %d tokens in %d".formatted(
                            inputs.tokens, inputs.sequences, inputs.logitRows, inputs.maxTokens(),
                            inputs.maxSequences()));
        }
    }
}
