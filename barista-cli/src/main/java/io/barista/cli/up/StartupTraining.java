package io.barista.cli.up;

import io.barista.cli.CommandFailure;
import io.barista.cli.Workplace;
import io.barista.cli.process.Guard;
import io.barista.cli.process.ListenAddress;
import io.barista.cli.process.Ports;
import io.barista.cli.process.Role;
import io.barista.cli.process.ServiceImage;
import io.barista.cli.process.ServicePlan;
import io.barista.cli.process.ServiceStarter;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Runs the suite once with the demo model, asks it a little, and stops it, so that each JVM writes down which classes it loaded and
 * linked on the way (JEP 514). Later starts take them from there. A failure costs nothing but the gain, and is said.
 */
final class StartupTraining {

    private static final Duration START_TIMEOUT = Duration.ofMinutes(3);
    /** A JVM writes its cache when it ends, which takes seconds of all processors. */
    private static final Duration STOP_TIMEOUT = Duration.ofMinutes(3);
    private static final int ANSWER_TIMEOUT_MS = 60_000;

    private final Workplace workplace;
    private final Map<Role, ServiceImage> images;

    StartupTraining(Workplace workplace, Map<Role, ServiceImage> images) {
        this.workplace = workplace;
        this.images = images;
    }

    void run() throws IOException, InterruptedException {
        workplace.err().println("Preparing start-up caches, once for this build; later starts are faster for it");
        SuiteFolder folder = new SuiteFolder(workplace.installation().resolve("target/startup-training"));
        folder.create();
        folder.deleteServiceLogs();
        try (Guard guard = Guard.start()) {
            train(folder, guard);
        } catch (CommandFailure failure) {
            workplace.err().println("The training run failed: " + failure.getMessage());
        }
        for (ServiceImage image : images.values()) {
            if (!image.adoptCache()) {
                workplace.err().printf("%s will start without a start-up cache; log: %s%n", image.role().service(),
                        folder.log(image.role().service()));
            }
        }
    }

    private void train(SuiteFolder folder, Guard guard) throws IOException, InterruptedException {
        Ports ports = new Ports(ThreadLocalRandom.current());
        Path config = workplace.installation().resolve("models/barista-demo.yaml");
        ListenAddress gateway = ListenAddress.of("127.0.0.1", ports.next());
        List<ServicePlan> plans = new SuitePlanner(this::program, folder, ports)
                .plan(Models.load(config, workplace.folder()), gateway, null);
        Narrator silent = new Narrator(List.of(), Clock.systemDefaultZone());
        Supervisor supervisor = new Supervisor(plans, Set.of(), new ServiceStarter(folder.parent(), Optional.empty()),
                guard,
                folder, silent,
                Clock.systemUTC(), _ -> {}, STOP_TIMEOUT);
        supervisor.run(START_TIMEOUT, () -> {
            askSomething(gateway.url());
            supervisor.requestStop();
        });
    }

    private List<String> program(Role role) {
        ServiceImage image = images.get(role);
        return image == null ? List.of() : image.trainingCommand();
    }

    /** What comes back does not matter, only the classes that it takes. */
    private static void askSomething(URI gateway) {
        String chat = "{\"model\":\"barista-demo\",\"messages\":[{\"role\":\"user\",\"content\":\"What is 12 + 7?\"}],\"stream\":%s}";
        ask(gateway.resolve("/v1/models"), null);
        ask(gateway.resolve("/v1/chat/completions"), chat.formatted(false));
        ask(gateway.resolve("/v1/chat/completions"), chat.formatted(true));
        ask(gateway.resolve("/v1/chat/completions"),
                chat.formatted(true).replace("\"barista-demo\"", "\"barista-demo:pirate\""));
    }

    private static void ask(URI question, @Nullable String body) {
        try {
            HttpURLConnection connection = (HttpURLConnection) question.toURL().openConnection();
            connection.setReadTimeout(ANSWER_TIMEOUT_MS);
            if (body != null) {
                connection.setDoOutput(true);
                connection.setRequestProperty("Content-Type", "application/json");
                try (OutputStream out = connection.getOutputStream()) {
                    out.write(body.getBytes(StandardCharsets.UTF_8));
                }
            }
            connection.getInputStream().readAllBytes();
        } catch (IOException _) {
            // an answer that fails has loaded what it takes to fail
        }
    }
}
