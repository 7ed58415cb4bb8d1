package io.barista.engine.cpu;

import static io.barista.engine.cpu.Lanes.COUNT;

import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.StepInputs;
import java.lang.foreign.MemorySegment;

/**
 * Causal attention over paged keys and values: a tile (see {@link AttentionTiles}) reads its keys and values once for all its
 * rows, span by span. Spans lie on a grid of positions that is the same for every query, and a row's arithmetic does not look at
 * its neighbours, so a query's result is the same bits whichever tile, chunk or batch it came in.
 */
final class VectorAttention implements WorkerPool.Task {

    /** Keys between two looks at the largest score. */
    private static final int SPAN = 128;

    private final WorkerPool pool;
    private final AttentionTiles tiles = new AttentionTiles();
    private final OnlineSoftmax[] rows; // [worker]

    private StepInputs step = new StepInputs(1, 1, 1);
    private float[] qkv = {};
    private float[] out = {};
    private AttentionSpec attention = new AttentionSpec(1, 1, 1, 1, 0, 0);
    private PagedKvCache cache = new PagedKvCache(new KvCache.Shape(0, 0, 1, 1, 1), COUNT, COUNT, MemorySegment.NULL,
            MemorySegment.NULL);
    private int layer;
    private int spanBlocks;

    VectorAttention(WorkerPool pool) {
        this.pool = pool;
        rows = new OnlineSoftmax[pool.size()];
        for (int worker = 0; worker < rows.length; worker++) {
            rows[worker] = new OnlineSoftmax(1, 1, COUNT);
        }
    }

    void attend(StepInputs step, float[] qkv, AttentionSpec attention, PagedKvCache cache, int layer, float[] out) {
        this.step = step;
        this.qkv = qkv;
        this.attention = attention;
        this.cache = cache;
        this.layer = layer;
        this.out = out;
        spanBlocks = Math.max(1, SPAN / cache.shape().blockTokens());
        int maxRows = AttentionTiles.maxRows(attention);
        int span = spanBlocks * cache.paddedTokens();
        for (int worker = 0; worker < rows.length; worker++) {
            if (!rows[worker].fits(maxRows, attention.headDim(), span)) {
                rows[worker] = new OnlineSoftmax(maxRows, attention.headDim(), span);
            }
        }
        tiles.cut(step, attention, pool.size());
        pool.run(this, tiles.count(attention));
    }

    @Override
    public void run(int worker, int tile) {
        OnlineSoftmax softmax = rows[worker];
        int sequence = tiles.sequence(tile, attention);
        int firstQuery = tiles.firstQuery(tile, attention);
        int queries = tiles.queries(tile, attention, step);
        int firstHead = tiles.firstHead(tile, attention);
        int heads = tiles.heads(tile, attention);
        int headDim = attention.headDim();

        softmax.reset(OnlineSoftmax.padded(queries * heads), headDim);
        for (int row = 0; row < queries * heads; row++) {
            int from = (firstQuery + row / heads) * attention.qkvWidth() + (firstHead + row % heads) * headDim;
            softmax.load(row, qkv, from, headDim, attention.scale());
        }
        int firstPosition = step.contextLengths[sequence] - (step.queryStarts[sequence + 1] - firstQuery);
        int lastPosition = firstPosition + queries - 1;
        int spanTokens = spanBlocks * cache.shape().blockTokens();
        for (int from = firstVisible(firstPosition) / spanTokens
                * spanTokens; from <= lastPosition; from += spanTokens) {
            attendSpan(softmax, sequence, tiles.kvHead(tile, attention), from, firstPosition, queries, heads);
        }
        for (int row = 0; row < queries * heads; row++) {
            int to = (firstQuery + row / heads) * attention.queryWidth() + (firstHead + row % heads) * headDim;
            softmax.store(row, headDim, out, to);
        }
    }

    /** The first key that the query at {@code position} sees. */
    private int firstVisible(int position) {
        return attention.window() > 0 ? Math.max(0, position - attention.window() + 1) : 0;
    }

    private void attendSpan(OnlineSoftmax softmax, int sequence, int kvHead, int from, int firstPosition, int queries,
            int heads) {
        int blockTokens = cache.shape().blockTokens();
        int table = sequence * step.maxBlocksPerSequence() + from / blockTokens;
        int rowCount = queries * heads;
        int lastPosition = firstPosition + queries - 1;
        int firstBlock = Math.max(0, firstVisible(firstPosition) - from) / blockTokens;
        int blocks = Math.min(spanBlocks, (lastPosition - from) / blockTokens + 1);

        softmax.clearScores(OnlineSoftmax.padded(rowCount));
        for (int b = firstBlock; b < blocks; b++) {
            score(softmax, step.blockTables[table + b], kvHead, b, rowCount);
        }
        for (int row = 0; row < rowCount; row++) {
            if (attention.softCap() > 0) {
                softmax.softCap(row, attention.softCap());
            }
            hideInvisible(softmax, row, from, firstPosition + row / heads);
            softmax.weigh(row);
        }
        for (int b = firstBlock; b < blocks; b++) {
            int tokens = Math.min(blockTokens, lastPosition + 1 - from - b * blockTokens);
            addValues(softmax, step.blockTables[table + b], kvHead, b, tokens, rowCount);
        }
    }

    private void score(OnlineSoftmax softmax, int block, int kvHead, int spanBlock, int rowCount) {
        int headDim = attention.headDim();
        int padded = cache.paddedTokens();
        long keys = cache.keys(layer, block, kvHead);
        for (int column = 0; column < padded; column += COUNT) {
            for (int row = 0; row < rowCount; row += VectorStrip.ROWS) {
                VectorStrip.multiply(cache.keys(), keys + (long) column * Float.BYTES, (long) padded * Float.BYTES,
                        headDim, softmax.queries, row * headDim, headDim, softmax.scores,
                        row * softmax.span + spanBlock * padded + column, softmax.span);
            }
        }
    }

    /** Hides what lies outside of a row's window, after its position, or in the padding of a block. */
    private void hideInvisible(OnlineSoftmax softmax, int row, int from, int position) {
        int blockTokens = cache.shape().blockTokens();
        int padded = cache.paddedTokens();
        int first = firstVisible(position) - from;
        int end = position + 1 - from;
        for (int b = 0; b < spanBlocks; b++) {
            int visibleFrom = Math.clamp(first - b * blockTokens, 0, blockTokens);
            int visibleTo = Math.clamp(end - b * blockTokens, 0, blockTokens);
            softmax.hide(row, b * padded, b * padded + visibleFrom);
            softmax.hide(row, b * padded + Math.max(visibleFrom, visibleTo), (b + 1) * padded);
        }
    }

    private void addValues(OnlineSoftmax softmax, int block, int kvHead, int spanBlock, int tokens, int rowCount) {
        int dim = cache.paddedDim();
        long values = cache.values(layer, block, kvHead);
        for (int column = 0; column < dim; column += COUNT) {
            for (int row = 0; row < rowCount; row += VectorStrip.ROWS) {
                VectorStrip.multiply(cache.values(), values + (long) column * Float.BYTES, (long) dim * Float.BYTES,
                        tokens, softmax.scores, row * softmax.span + spanBlock * cache.paddedTokens(), softmax.span,
                        softmax.sums, row * dim + column, dim);
            }
        }
    }
}
