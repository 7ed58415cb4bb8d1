package io.barista.cli.up;

import io.barista.cli.up.SuiteState.ServiceState;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Services whose supervisor is gone. The guard ends them as well; this waits until that is so. */
final class Leftovers {

    private static final Duration GRACE = Duration.ofSeconds(15);

    private Leftovers() {}

    /** Stops what still runs of a suite; other processes that have got an old number are left alone. */
    static void stop(SuiteState state, PrintStream err) {
        List<ProcessHandle> alive = state.services().stream().map(ServiceState::process).filter(Objects::nonNull)
                .flatMap(process -> process.find().stream()).toList();
        if (alive.isEmpty()) {
            return;
        }
        err.println("Stopping " + alive.size() + " services that a killed supervisor left behind");
        alive.forEach(ProcessHandle::destroy);
        for (ProcessHandle process : alive) {
            try {
                process.onExit().get(GRACE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException | ExecutionException _) {
                process.destroyForcibly();
            } catch (InterruptedException _) {
                alive.forEach(ProcessHandle::destroyForcibly);
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
