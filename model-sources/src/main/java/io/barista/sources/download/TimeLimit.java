package io.barista.sources.download;

import io.barista.sources.SourceException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A real time limit: whatever the work waits for, a lock, a listing or a byte, is interrupted when the limit is over. */
public final class TimeLimit {

    /** Work that may fail in the ways that sources and disks fail. */
    @FunctionalInterface
    public interface Work<T> {

        T run() throws IOException, InterruptedException;
    }

    private TimeLimit() {}

    /**
     * @param source for messages
     * @param limit  null for no limit
     * @throws SourceException TIMED_OUT when the limit is over or the caller is interrupted; else the work's own failure
     */
    public static <T> T run(String source, @Nullable Duration limit, Work<T> work) {
        FutureTask<T> task = new FutureTask<>(() -> work.run());
        Thread worker = Thread.ofVirtual().name("source-", 0).start(task);
        try {
            return limit == null ? task.get() : task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            stop(task, worker);
            throw new SourceException(SourceException.Kind.TIMED_OUT,
                    "%s: not complete after %s s".formatted(source, seconds(limit)));
        } catch (InterruptedException e) {
            stop(task, worker);
            Thread.currentThread().interrupt();
            throw new SourceException(SourceException.Kind.TIMED_OUT, source + ": interrupted", e);
        } catch (ExecutionException e) {
            throw failure(source, e.getCause());
        }
    }

    /** A failure in our terms: what the disk says is told from what the connection says. */
    static SourceException failure(String source, @Nullable Throwable cause) {
        return switch (cause) {
            case SourceException known -> known;
            case UncheckedIOException wrapped -> failure(source, wrapped.getCause());
            case SocketTimeoutException silent -> unreachable(source, silent); // nobody was interrupted
            case InterruptedIOException interrupted -> stopped(source, interrupted);
            case InterruptedException interrupted -> stopped(source, interrupted);
            case ClosedByInterruptException interrupted -> stopped(source, interrupted);
            case FileSystemException disk -> DiskFailures.of(source, disk);
            case IOException disk when DiskFailures.isFull(disk) -> DiskFailures.of(source, disk);
            case IOException broken -> unreachable(source, broken);
            case RuntimeException mistake -> throw mistake;
            case Error error -> throw error;
            case null, default -> throw new IllegalStateException(cause);
        };
    }

    private static SourceException unreachable(String source, IOException cause) {
        return new SourceException(SourceException.Kind.UNREACHABLE, "%s: %s".formatted(source, cause), cause);
    }

    private static SourceException stopped(String source, Throwable cause) {
        return new SourceException(SourceException.Kind.TIMED_OUT, source + ": interrupted", cause);
    }

    private static void stop(FutureTask<?> task, Thread worker) {
        task.cancel(true);
        boolean wasInterrupted = false;
        while (worker.isAlive()) { // it lets go of its lock and its files before anyone else may try
            try {
                worker.join();
            } catch (InterruptedException e) {
                wasInterrupted = true;
            }
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static String seconds(@Nullable Duration limit) {
        return limit == null ? "0" : String.valueOf(limit.toMillis() / 1000.0);
    }
}
