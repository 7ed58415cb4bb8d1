package io.barista.cli.up;

import io.barista.cli.process.Obituary;
import io.barista.cli.process.ProcessIdentity;
import io.barista.cli.process.ServicePlan;
import io.barista.cli.up.SuiteState.ServiceState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One service of a running suite: its newest process and how it is. Confined to the supervisor's thread. */
final class ManagedService {

    /** After so long without a failure the next one counts as the first. */
    private static final Duration STEADY = Duration.ofMinutes(1);
    private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(1);
    private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(30);

    private final ServicePlan plan;
    private Condition condition = Condition.STARTING;
    private @Nullable Process process;
    private @Nullable ProcessIdentity identity;
    private Instant started = Instant.EPOCH;
    private long logStart;
    private int restarts;
    private int failuresInARow;

    ManagedService(ServicePlan plan) {
        this.plan = plan;
    }

    ServicePlan plan() {
        return plan;
    }

    Condition condition() {
        return condition;
    }

    /** The newest process, dead or alive; empty before the first start. */
    Optional<Process> process() {
        return Optional.ofNullable(process);
    }

    boolean isRunning() {
        return process != null && process.isAlive();
    }

    boolean runs(Process candidate) {
        return process == candidate;
    }

    /** @param logStart size of the log before this process wrote to it */
    void startedAs(Process newest, long logStart, Instant now) {
        if (process != null) {
            restarts++;
        }
        process = newest;
        identity = ProcessIdentity.of(newest.toHandle());
        this.logStart = logStart;
        started = now;
    }

    void becameReady() {
        condition = Condition.READY;
    }

    void draining() {
        condition = Condition.DRAINING;
    }

    void stopped() {
        condition = Condition.STOPPED;
        identity = null;
    }

    /** Marks it failed and tells how long to wait before its next start: doubled with each failure in a row. */
    Duration failed(Instant now) {
        boolean wasSteady = condition == Condition.READY && Duration.between(started, now).compareTo(STEADY) > 0;
        failuresInARow = wasSteady ? 1 : failuresInARow + 1;
        condition = Condition.FAILED;
        identity = null;
        Duration wait = FIRST_BACK_OFF.multipliedBy(1L << Math.min(failuresInARow - 1, 10));
        return wait.compareTo(LONGEST_BACK_OFF) < 0 ? wait : LONGEST_BACK_OFF;
    }

    Duration sinceStart(Instant now) {
        return Duration.between(started, now);
    }

    /** Why the newest process ended, as far as its exit code and its log tell. */
    String obituary() {
        return process == null ? "never started" : Obituary.of(process.exitValue(), plan.log(), logStart);
    }

    ServiceState state() {
        return new ServiceState(plan.name(), plan.role(), plan.model(), plan.port(), condition, identity, restarts);
    }
}
