package io.barista.engine.cpu;

import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.StepInputs;

/**
 * How a step's attention is cut into independent pieces: some neighbouring queries of one sequence, times the heads (or, where
 * that leaves workers idle, some of the heads) that read one kv head. The cut decides only who computes what.
 */
final class AttentionTiles {

    /** Rows (queries times heads) of a tile; more only where one kv head has more heads than that. */
    private static final int ROWS = 32;

    private int[] sequences = {};
    private int[] starts = {}; // first token row
    private int queriesPerTile;
    private int queryTiles;
    private int headsPerPart;
    private int partsPerKvHead;

    /** Rows of the largest tile there can be. */
    static int maxRows(AttentionSpec attention) {
        return Math.max(ROWS, attention.heads() / attention.kvHeads());
    }

    void cut(StepInputs step, AttentionSpec attention, int workers) {
        if (starts.length < step.maxTokens()) {
            sequences = new int[step.maxTokens()];
            starts = new int[step.maxTokens()];
        }
        int group = attention.heads() / attention.kvHeads();
        queriesPerTile = Math.max(1, ROWS / group);
        queryTiles = 0;
        for (int s = 0; s < step.sequences; s++) {
            for (int start = step.queryStarts[s]; start < step.queryStarts[s + 1]; start += queriesPerTile) {
                sequences[queryTiles] = s;
                starts[queryTiles++] = start;
            }
        }
        int tiles = Math.max(1, queryTiles * attention.kvHeads());
        headsPerPart = Math.ceilDiv(group, Math.min(group, Math.ceilDiv(workers, tiles)));
        partsPerKvHead = Math.ceilDiv(group, headsPerPart);
    }

    int count(AttentionSpec attention) {
        return queryTiles * attention.kvHeads() * partsPerKvHead;
    }

    int sequence(int tile, AttentionSpec attention) {
        return sequences[tile / (attention.kvHeads() * partsPerKvHead)];
    }

    int firstQuery(int tile, AttentionSpec attention) {
        return starts[tile / (attention.kvHeads() * partsPerKvHead)];
    }

    int queries(int tile, AttentionSpec attention, StepInputs step) {
        int end = step.queryStarts[sequence(tile, attention) + 1];
        return Math.min(queriesPerTile, end - firstQuery(tile, attention));
    }

    int kvHead(int tile, AttentionSpec attention) {
        return tile / partsPerKvHead % attention.kvHeads();
    }

    int firstHead(int tile, AttentionSpec attention) {
        int group = attention.heads() / attention.kvHeads();
        return kvHead(tile, attention) * group + tile % partsPerKvHead * headsPerPart;
    }

    int heads(int tile, AttentionSpec attention) {
        int group = attention.heads() / attention.kvHeads();
        return Math.min(headsPerPart, group - tile % partsPerKvHead * headsPerPart);
    }
}
