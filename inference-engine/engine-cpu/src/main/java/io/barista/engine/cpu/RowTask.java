package io.barista.engine.cpu;

/** Work on rows that do not depend on each other, shared out in ranges where there is enough of it. */
abstract class RowTask implements WorkerPool.Task {

    /** Elements below which one thread is done before a second has woken. */
    private static final int WORTH_SHARING = 32_768;

    private final WorkerPool pool;
    private int rows;
    private int rowsPerIndex;

    RowTask(WorkerPool pool) {
        this.pool = pool;
    }

    /** Works on rows {@code from} up to {@code to}. */
    abstract void rows(int worker, int from, int to);

    final void share(int rows, int elementsPerRow) {
        this.rows = rows;
        rowsPerIndex = Math.clamp(WORTH_SHARING / elementsPerRow, 1, Math.max(1, rows));
        pool.run(this, Math.ceilDiv(rows, rowsPerIndex));
    }

    @Override
    public final void run(int worker, int index) {
        int from = index * rowsPerIndex;
        rows(worker, from, Math.min(from + rowsPerIndex, rows));
    }
}
