package io.barista.cli.serve;

import io.barista.cli.CommandFailure;
import io.barista.cli.Workplace;
import io.barista.cli.process.Guard;
import io.barista.cli.process.Obituary;
import io.barista.cli.process.Readiness;
import io.barista.cli.process.ServicePlan;
import io.barista.cli.process.ServiceStarter;
import io.barista.cli.process.Signals;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;

/** One service whose log is this command's standard error, from its start to its end. */
final class ForegroundService {

    private static final int REMEMBERED_LINES = 500;

    private final Workplace workplace;
    private final Guard guard;
    private final AtomicInteger stopRequests = new AtomicInteger();

    ForegroundService(Workplace workplace, Guard guard) {
        this.workplace = workplace;
        this.guard = guard;
    }

    /**
     * Returns when the service was told to stop and has stopped.
     *
     * @throws CommandFailure when it ended by itself
     */
    void run(ServicePlan plan, ServiceStarter starter, Runnable whenReady) throws IOException, InterruptedException {
        Process process = starter.startPiped(plan);
        guard.started(process.pid());
        Signals.onStop(() -> stop(process.toHandle()));
        Thread.ofVirtual().start(() -> awaitReady(process, plan.port(), whenReady));

        String lastLines = showOutput(process);
        int exitCode = process.waitFor();
        guard.ended(process.pid());
        if (stopRequests.get() == 0) {
            throw CommandFailure.of("the model service ended (%s)", Obituary.of(exitCode, lastLines));
        }
    }

    /** The first time it may finish what it has begun. By its handle, since a process closes its output at once. */
    private void stop(ProcessHandle process) {
        if (stopRequests.getAndIncrement() == 0) {
            process.destroy();
        } else {
            process.destroyForcibly();
        }
    }

    private static void awaitReady(Process process, int port, Runnable whenReady) {
        try {
            if (Readiness.await(process, port)) {
                whenReady.run();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns the last lines once the process has closed its output. */
    private String showOutput(Process process) throws IOException {
        Deque<String> last = new ArrayDeque<>();
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                workplace.err().println(line);
                last.addLast(line);
                if (last.size() > REMEMBERED_LINES) {
                    last.removeFirst();
                }
            }
        }
        return String.join("\n", last);
    }
}
