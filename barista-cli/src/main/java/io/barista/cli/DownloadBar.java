package io.barista.cli;

import io.barista.sources.DownloadListener;
import io.barista.sources.SourceException;
import java.io.PrintStream;
import java.time.Duration;

/** How a download goes: a bar on a terminal, else a line for each tenth. Thread-safe. */
final class DownloadBar implements DownloadListener {

    private static final int WIDTH = 40;

    private final PrintStream err;
    private final boolean isTerminal;
    private long total;
    private long have;
    private long shown = -1;

    DownloadBar(PrintStream err, boolean isTerminal) {
        this.err = err;
        this.isTerminal = isTerminal;
    }

    @Override
    public synchronized void started(String source, int files, long bytes, long present) {
        err.printf("Downloading %s: %d files, %d MB%n", source, files, bytes >> 20);
        total = bytes;
        have = present;
        shown = -1;
    }

    @Override
    public synchronized void received(String source, long bytes) {
        have += bytes;
        long steps = isTerminal ? WIDTH : 10;
        long now = total == 0 ? steps : Math.min(steps, steps * have / total);
        if (now == shown) {
            return;
        }
        shown = now;
        if (isTerminal) {
            err.printf("\r[%s%s] %d/%d MB", "#".repeat((int) now), " ".repeat(WIDTH - (int) now), have >> 20,
                    total >> 20);
            err.flush();
        } else {
            err.printf("%d %%%n", 10 * now);
        }
    }

    @Override
    public synchronized void retrying(String source, String reason, Duration wait) {
        err.printf("%s%s, trying again in %.1f s%n", isTerminal ? "\n" : "", reason, wait.toMillis() / 1000.0);
    }

    @Override
    public synchronized void finished(String source, long bytes, Duration took) {
        err.printf("%sDownloaded and verified in %.1f s%n", isTerminal ? "\n" : "", took.toMillis() / 1000.0);
    }

    @Override
    public synchronized void usingLastKnown(String source, SourceException reason) {
        err.printf("%s; using what was last fetched from %s%n", reason.getMessage(), source);
    }
}
