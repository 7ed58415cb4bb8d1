package io.barista.cli.process;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Starts a service's process: output into its log, no input, the key in its environment and nowhere else. */
public final class ServiceStarter {

    public static final String API_KEY_VARIABLE = "BARISTA_API_KEY";

    // A terminal's Ctrl-C and hang-up reach every process of its group; services leave only when the supervisor tells them, in
    // order. The shell makes way for the program, so the process id is the program's.
    private static final List<String> DEAF_TO_THE_TERMINAL = List.of("/bin/sh", "-c", "trap '' HUP INT; exec \"$@\"",
            "barista-service");

    private final Path folder;
    private final Optional<String> apiKey;

    /** @param folder working directory of the services */
    public ServiceStarter(Path folder, Optional<String> apiKey) {
        this.folder = folder;
        this.apiKey = apiKey;
    }

    public Process start(ServicePlan plan) throws IOException {
        return prepare(plan).redirectOutput(Redirect.appendTo(plan.log().toFile())).start();
    }

    /** With the output to be read from the process instead of the log. */
    public Process startPiped(ServicePlan plan) throws IOException {
        return prepare(plan).start();
    }

    private ProcessBuilder prepare(ServicePlan plan) {
        List<String> command = new ArrayList<>(DEAF_TO_THE_TERMINAL);
        command.addAll(plan.command());
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
                .redirectInput(Redirect.from(new File("/dev/null")));
        Map<String, String> environment = builder.environment();
        environment.putAll(plan.environment());
        environment.remove(API_KEY_VARIABLE);
        if (plan.role() != Role.CONFIG_SERVER) { // which asks nobody for it
            apiKey.ifPresent(key -> environment.put(API_KEY_VARIABLE, key));
        }
        return builder;
    }
}
