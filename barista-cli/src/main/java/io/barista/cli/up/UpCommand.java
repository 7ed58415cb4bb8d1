package io.barista.cli.up;

import io.barista.cli.CommandFailure;
import io.barista.cli.Workplace;
import io.barista.cli.process.ListenAddress;
import io.barista.cli.process.NewSession;
import io.barista.cli.process.ReadyMessage;
import io.barista.cli.process.ServiceStarter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "up",
        description = "Starts config-server, the model services and the gateway, and keeps them running; also lora-registry where a model has adapters.",
        mixinStandardHelpOptions = true, showDefaultValues = true)
public final class UpCommand implements Callable<Integer> {

    private final Workplace workplace;

    @Parameters(paramLabel = "CONFIG", arity = "0..1",
            description = "LLM configuration (YAML). Without one the demo model is served.")
    private @Nullable Path config;

    @Option(names = "--port", paramLabel = "PORT", defaultValue = "8000", description = "The gateway's port.")
    private int port;

    @Option(names = "--host", paramLabel = "HOST", defaultValue = "127.0.0.1", description = "The gateway's address.")
    private String host = "";

    @Option(names = "--lora-registry-port", paramLabel = "PORT",
            description = "The LoRA registry's port on the loopback address; a free one when absent.")
    private @Nullable Integer registryPort;

    @Option(names = "--api-key", paramLabel = "KEY",
            description = "Clients must send it as 'Authorization: Bearer KEY'. BARISTA_API_KEY does the same and stays out of process lists.")
    private @Nullable String apiKey;

    @Option(names = "--detach",
            description = "Returns once the suite is ready and leaves it running; ./barista down stops it.")
    private boolean detach;

    @Option(names = "--start-timeout", paramLabel = "SECONDS", defaultValue = "900",
            description = "How long the suite may take to become ready.")
    private int startTimeoutSeconds;

    /** Set by --detach for the supervisor that it starts. */
    @Option(names = "--supervise", hidden = true)
    private boolean inBackground;

    public UpCommand(Workplace workplace) {
        this.workplace = workplace;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        SuiteFolder folder = new SuiteFolder(workplace.folder());
        if (detach) {
            try (SuiteLock _ = tryTakeLock(folder)) { // the background one takes it for good
                clearUpAfterLast(new StateFile(folder.stateFile()));
            }
            SuiteState ready = new Detached(workplace, folder).start(argumentsOfSupervisor(), key());
            workplace.out().println(ReadyMessage.of(ready.url(), ready.models(), key().isPresent()));
            workplace.err().println("It runs in the background: ./barista status, logs and down mean it.");
            return 0;
        }
        if (inBackground) {
            NewSession.begin();
        }
        try (SuiteLock _ = tryTakeLock(folder)) {
            supervise(folder);
        }
        return 0;
    }

    private SuiteLock tryTakeLock(SuiteFolder folder) throws IOException {
        Optional<SuiteLock> lock = SuiteLock.tryTake(folder);
        if (lock.isEmpty()) {
            String running = new StateFile(folder.stateFile()).read()
                    .map(state -> " (%s, process %d)".formatted(state.url(), state.supervisor().pid())).orElse("");
            throw CommandFailure.of("a suite is already running in %s%s; stop it with ./barista down",
                    workplace.folder(),
                    running);
        }
        return lock.get();
    }

    private void supervise(SuiteFolder folder) throws IOException, InterruptedException {
        StateFile stateFile = new StateFile(folder.stateFile());
        clearUpAfterLast(stateFile);
        folder.deleteServiceLogs();

        ListenAddress address = ListenAddress.of(host, port);
        if (registryPort != null) {
            ListenAddress.requirePort("--lora-registry-port", registryPort);
        }
        Path file = config == null ? demo() : config;
        Models models = Models.load(file, workplace.folder());
        address.warnIfOpen(key().isPresent(), workplace.err());
        address.requireFree();

        try {
            new Suite(workplace, folder, stateFile).run(models, address, registryPort, key(),
                    Duration.ofSeconds(startTimeoutSeconds), inBackground);
        } finally {
            stateFile.delete();
        }
    }

    /** Nobody has the lock, so whatever an old state tells of is left over. */
    private void clearUpAfterLast(StateFile stateFile) throws IOException {
        try {
            stateFile.read().ifPresent(state -> Leftovers.stop(state, workplace.err()));
        } catch (CommandFailure unreadable) {
            workplace.err().println("warning: " + unreadable.getMessage());
        }
        stateFile.delete();
    }

    private Path demo() {
        return workplace.installation().resolve("models/barista-demo.yaml");
    }

    private Optional<String> key() {
        return apiKey == null ? workplace.variable(ServiceStarter.API_KEY_VARIABLE) : Optional.of(apiKey);
    }

    private List<String> argumentsOfSupervisor() {
        List<String> arguments = new ArrayList<>(List.of("up", "--supervise", "--port=" + port, "--host=" + host,
                "--start-timeout=" + startTimeoutSeconds));
        if (registryPort != null) {
            arguments.add("--lora-registry-port=" + registryPort);
        }
        if (config != null) {
            arguments.add(config.toString());
        }
        return arguments;
    }
}
