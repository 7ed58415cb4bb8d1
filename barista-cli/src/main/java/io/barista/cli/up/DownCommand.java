package io.barista.cli.up;

import io.barista.cli.CommandFailure;
import io.barista.cli.Workplace;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "down", description = "Stops the suite that was started in this folder.",
        mixinStandardHelpOptions = true)
public final class DownCommand implements Callable<Integer> {

    // The supervisor gives each role of services its time; one that has not finished by then hangs.
    private static final Duration PATIENCE = Duration.ofSeconds(240);

    private final Workplace workplace;

    public DownCommand(Workplace workplace) {
        this.workplace = workplace;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        SuiteFolder folder = new SuiteFolder(workplace.folder());
        StateFile file = new StateFile(folder.stateFile());
        Optional<SuiteState> state = file.read();
        if (state.isEmpty()) {
            workplace.err().println("Nothing is running in " + workplace.folder());
            return 0;
        }
        Optional<ProcessHandle> supervisor = state.get().supervisor().find();
        if (supervisor.isPresent()) {
            workplace.err().println("Stopping " + state.get().url());
            supervisor.get().destroy();
            if (!hasEnded(supervisor.get())) {
                throw CommandFailure.of("the supervisor (process %d) has not stopped within %d s; log: %s",
                        supervisor.get().pid(), PATIENCE.toSeconds(), folder.shown(folder.log(SuiteFolder.SUPERVISOR)));
            }
        }
        // What a supervisor left that was killed itself.
        file.read().ifPresent(left -> Leftovers.stop(left, workplace.err()));
        file.delete();
        workplace.err().println("Stopped");
        return 0;
    }

    private static boolean hasEnded(ProcessHandle process) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (process.isAlive() && System.nanoTime() < deadline) {
            Thread.sleep(Duration.ofMillis(50));
        }
        return !process.isAlive();
    }
}
