package io.barista.cli.up;

import io.barista.cli.CommandFailure;
import io.barista.cli.Workplace;
import io.barista.cli.process.ServiceStarter;
import io.barista.cli.process.Signals;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A supervisor in the background: started in its own session, watched until the suite is ready. */
final class Detached {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    private final Workplace workplace;
    private final SuiteFolder folder;

    Detached(Workplace workplace, SuiteFolder folder) {
        this.workplace = workplace;
        this.folder = folder;
    }

    /**
     * Returns the state of the suite once it is ready; meanwhile the supervisor's log is shown.
     *
     * @param arguments of the {@code barista} command, without the key
     * @throws CommandFailure with the supervisor's own reason when the suite did not become ready
     */
    SuiteState start(List<String> arguments, Optional<String> apiKey) throws IOException, InterruptedException {
        Path log = folder.log(SuiteFolder.SUPERVISOR);
        Files.write(log, new byte[0]);
        Process supervisor = launch(arguments, apiKey, log);
        Signals.onStop(supervisor.toHandle()::destroy);
        try (FollowedFile output = new FollowedFile(log)) {
            List<String> unsaid = new ArrayList<>();
            Optional<SuiteState> ready = Optional.empty();
            while (ready.isEmpty() && supervisor.isAlive()) {
                unsaid.addAll(output.newLines());
                while (unsaid.size() > 1) { // the newest may turn out to be the reason of a failure
                    workplace.err().println(unsaid.removeFirst());
                }
                Thread.sleep(LOOK_AGAIN);
                ready = readyStateOf(supervisor);
            }
            unsaid.addAll(output.newLines());
            if (ready.isEmpty()) {
                throw failure(supervisor.exitValue(), unsaid);
            }
            unsaid.forEach(workplace.err()::println);
            return ready.get();
        }
    }

    private CommandFailure failure(int exitCode, List<String> lastLines) {
        if (lastLines.isEmpty()) {
            return CommandFailure.of("the supervisor ended without a word (exit code %d); log: %s", exitCode,
                    folder.shown(folder.log(SuiteFolder.SUPERVISOR)));
        }
        lastLines.subList(0, lastLines.size() - 1).forEach(workplace.err()::println);
        // The supervisor is a barista too: its last line names the command already.
        String reason = lastLines.getLast().replaceFirst("^barista up: ", "");
        return CommandFailure.withExitCode(exitCode == 0 ? 1 : exitCode, reason);
    }

    private Process launch(List<String> arguments, Optional<String> apiKey, Path log) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments()); // the launcher's flags
        command.addAll(List.of("-Dbarista.root=" + workplace.installation(), "-cp",
                System.getProperty("java.class.path"), "io.barista.cli.Barista"));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).directory(workplace.folder().toFile())
                .redirectInput(Redirect.from(new File("/dev/null"))).redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(log.toFile()));
        builder.environment().clear();
        builder.environment().putAll(workplace.environment());
        apiKey.ifPresent(key -> builder.environment().put(ServiceStarter.API_KEY_VARIABLE, key));
        return builder.start();
    }

    private Optional<SuiteState> readyStateOf(Process supervisor) throws IOException {
        return new StateFile(folder.stateFile()).read()
                .filter(state -> state.ready() && state.supervisor().pid() == supervisor.pid());
    }
}
