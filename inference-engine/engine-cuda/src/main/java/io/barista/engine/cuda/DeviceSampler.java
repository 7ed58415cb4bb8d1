package io.barista.engine.cuda;

import io.barista.engine.backend.DrawnTokens;
import io.barista.engine.backend.RowEntries;
import io.barista.engine.backend.SamplingRows;

/**
 * {@code sample_rows.cu}, which draws as the host's sampler does, in float64, and {@code argmax.cu} where all rows are greedy. Up to two
 * draws are under way: what each gives is copied to the host as soon as it is there, and its tokens stay on the device for the next step.
 */
final class DeviceSampler implements AutoCloseable {

    private static final int MOST_UNDER_WAY = 2;

    private final Kernel argmax;
    private final Kernel sampleRows;
    private final Kernel addToTokens;
    private final Kernel penalize;
    private final Kernel rowLogprobs;
    private final Stream stream;
    private final int maxRows;
    private final Upload[] uploads = new Upload[MOST_UNDER_WAY]; // by turns
    private final Download[] downloads = new Download[MOST_UNDER_WAY];
    private final SampledMemory results;
    private long begun;
    private long fetched;

    /** @param maxRows rows of logits of a step at most */
    DeviceSampler(KernelLoader loader, DeviceMemory memory, Stream stream, int maxRows) {
        this.argmax = loader.load("argmax", 1_024);
        this.sampleRows = loader.load("sample_rows", 1_024);
        this.addToTokens = loader.load("adjust_logits", "add_to_tokens", 64);
        this.penalize = loader.load("adjust_logits", "penalize", 256);
        this.rowLogprobs = loader.load("row_logprobs", 1_024);
        this.stream = stream;
        this.maxRows = maxRows;
        this.results = new SampledMemory(memory, maxRows);
        for (int i = 0; i < MOST_UNDER_WAY; i++) {
            uploads[i] = new Upload(memory, stream);
            downloads[i] = new Download(maxRows);
        }
    }

    /**
     * Queues the choice of one token for each row.
     *
     * @param logits changed where rules or penalties ask for it
     * @param tokens int32 on the device, which receives them
     */
    void draw(long logits, int columns, SamplingRows rows, long tokens) {
        if (begun - fetched == MOST_UNDER_WAY) {
            throw new IllegalStateException("two draws are under way, and neither was asked for");
        }
        if (rows.rows > maxRows) {
            throw new IllegalArgumentException("%d rows to draw from, room is for %d".formatted(rows.rows, maxRows));
        }
        int turn = (int) (begun++ % MOST_UNDER_WAY);
        if (rows.isAllGreedy() && rows.added.size() == 0 && rows.seen.size() == 0) {
            argmax.pointer(logits).integer(columns).pointer(tokens).launch(rows.rows, 1, 1);
        } else {
            sample(logits, columns, rows, uploads[turn], tokens);
        }
        int top = rows.mostTop();
        if (top != SamplingRows.NO_LOGPROBS) {
            rowLogprobs.pointer(logits).pointer(tokens).integer(columns).integer(top).pointer(results.logprobs())
                    .pointer(results.topTokens()).pointer(results.topLogprobs()).pointer(results.ranks())
                    .launch(rows.rows, 1, 1);
        }
        downloads[turn].queue(tokens, results, rows.rows, top, stream);
    }

    /** Waits for the draw that was begun first of those not fetched. */
    void fetch(DrawnTokens result) {
        if (begun == fetched) {
            throw new IllegalStateException("no draw is under way");
        }
        downloads[(int) (fetched++ % MOST_UNDER_WAY)].fetch(result);
    }

    private void sample(long logits, int columns, SamplingRows rows, Upload upload, long tokens) {
        int count = rows.rows;
        upload.begin(bytes(rows));
        long temperature = upload.put(rows.temperature, count);
        long topP = upload.put(rows.topP, count);
        long minP = upload.put(rows.minP, count);
        long uniform = upload.put(rows.uniform, count);
        long repetition = upload.put(rows.repetition, count);
        long frequency = upload.put(rows.frequency, count);
        long presence = upload.put(rows.presence, count);
        long topK = upload.put(rows.topK, count);
        long addedStarts = upload.put(rows.added.starts, count + 1);
        long addedTokens = upload.put(rows.added.tokens, rows.added.size());
        long addedValues = upload.put(rows.added.values, rows.added.size());
        long seenStarts = upload.put(rows.seen.starts, count + 1);
        long seenTokens = upload.put(rows.seen.tokens, rows.seen.size());
        long seenCounts = upload.put(rows.seen.values, rows.seen.size());
        upload.queue();
        if (rows.added.size() > 0) {
            addToTokens.pointer(logits).integer(columns).pointer(addedStarts).pointer(addedTokens).pointer(addedValues)
                    .launch(count, 1, 1);
        }
        if (rows.seen.size() > 0) {
            penalize.pointer(logits).integer(columns).pointer(seenStarts).pointer(seenTokens).pointer(seenCounts)
                    .pointer(repetition).pointer(frequency).pointer(presence).launch(count, 1, 1);
        }
        sampleRows.pointer(logits).pointer(temperature).pointer(topK).pointer(topP).pointer(minP).pointer(uniform)
                .integer(columns).pointer(tokens).launch(count, 1, 1);
    }

    private static long bytes(SamplingRows rows) {
        return rows.rows * (7L * Double.BYTES + Integer.BYTES) + bytes(rows.added, rows.rows)
                + bytes(rows.seen, rows.rows);
    }

    private static long bytes(RowEntries entries, int rows) {
        return Integer.BYTES * (rows + 1L + 2L * entries.size());
    }

    @Override
    public void close() {
        for (int i = 0; i < MOST_UNDER_WAY; i++) {
            uploads[i].close();
            downloads[i].close();
        }
    }
}
