package io.barista.cli.bench;

import java.io.PrintStream;
import java.util.concurrent.locks.ReentrantLock;

/** How many requests are done: a bar on a terminal, else a line for each tenth. Thread-safe. */
final class Progress {

    private static final int WIDTH = 40;

    private final PrintStream err;
    private final int total;
    private final boolean isTerminal;
    private final ReentrantLock lock = new ReentrantLock();
    private int done;
    private int failed;

    Progress(PrintStream err, int total, boolean isTerminal) {
        this.err = err;
        this.total = total;
        this.isTerminal = isTerminal;
    }

    void add(Outcome outcome) {
        lock.lock();
        try {
            done++;
            failed += outcome instanceof Outcome.Failed ? 1 : 0;
            String counts = done + "/" + total + (failed == 0 ? "" : ", " + failed + " failed");
            if (isTerminal) {
                int filled = (int) ((long) WIDTH * done / total);
                err.print("\r[" + "#".repeat(filled) + " ".repeat(WIDTH - filled) + "] " + counts
                        + (done == total ? "\n" : ""));
                err.flush();
            } else if (10L * done / total != 10L * (done - 1) / total) {
                err.println(counts);
            }
        } finally {
            lock.unlock();
        }
    }
}
