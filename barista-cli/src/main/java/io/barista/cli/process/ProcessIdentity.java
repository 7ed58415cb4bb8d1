package io.barista.cli.process;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A process that can still be recognised when its number has been given to another one.
 *
 * @param startedMs start time, milliseconds since the epoch
 */
public record ProcessIdentity(long pid, long startedMs) {

    /** The system derives start times from its clock, which may have been adjusted since. */
    private static final Duration TOLERANCE = Duration.ofSeconds(2);

    public static ProcessIdentity of(ProcessHandle process) {
        return new ProcessIdentity(process.pid(),
                process.info().startInstant().orElseGet(Instant::now).toEpochMilli());
    }

    public static ProcessIdentity self() {
        return of(ProcessHandle.current());
    }

    /** The process while it lives; empty when it ended, whoever has its number now. */
    public Optional<ProcessHandle> find() {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(this::isSame);
    }

    public boolean isAlive() {
        return find().isPresent();
    }

    private boolean isSame(ProcessHandle process) {
        return process.info().startInstant()
                .filter(started -> Math.abs(started.toEpochMilli() - startedMs) <= TOLERANCE.toMillis()).isPresent();
    }
}
