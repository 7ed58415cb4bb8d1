package io.barista.cli.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.barista.cli.CommandFailure;
import io.barista.cli.process.Guard;
import io.barista.cli.process.Ports;
import io.barista.cli.process.Role;
import io.barista.cli.process.ServicePlan;
import io.barista.cli.process.ServiceStarter;
import io.barista.cli.up.SuiteState.ServiceState;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisorTest {

    @TempDir
    private Path parent;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final Ports ports = new Ports(new Random());
    private final List<ServicePlan> plans = new ArrayList<>();
    private final CountDownLatch ready = new CountDownLatch(1);
    private volatile List<ServiceState> states = List.of();
    private Guard guard;
    private SuiteFolder folder;

    @BeforeEach
    void prepareFolder() throws Exception {
        folder = new SuiteFolder(parent);
        folder.create();
        guard = Guard.start();
    }

    @AfterEach
    void nothingIsLeftRunning() throws Exception {
        guard.close();
        assertThat(states).allSatisfy(state -> assertThat(state.state()).isEqualTo(Condition.STOPPED));
    }

    @Test
    void callsASuiteReadyOnceEveryServiceIs() throws Exception {
        plan("gateway", Role.GATEWAY, "");
        plan("model-0", Role.MODEL_SERVICE, "");
        plan("config", Role.CONFIG_SERVER, "");

        try (Running _ = run()) {
            ready.await();

            assertThat(states).extracting(ServiceState::state).containsOnly(Condition.READY);
            assertThat(states).allSatisfy(state -> assertThat(state.process().isAlive()).isTrue());
        }
    }

    @Test
    void doesNotWaitForTheRegistryWhichStartsWhenTheOthersAreReady() throws Exception {
        plan("config", Role.CONFIG_SERVER, "");
        plan("registry", Role.LORA_REGISTRY, "never-ready");

        try (Running _ = run()) {
            ready.await();

            assertThat(states).extracting(ServiceState::state).containsExactly(Condition.READY, Condition.STARTING);
            Eventually.until("registry started", () -> Files.readString(parent.resolve("events"))
                    .contains("registry started"));
        }
        assertThat(Files.readAllLines(parent.resolve("events"))).startsWith("config started with key null");
    }

    @Test
    void stopsTheGatewayFirstAndTheConfigServerLast() throws Exception {
        plan("config", Role.CONFIG_SERVER, "");
        plan("model-0", Role.MODEL_SERVICE, "");
        plan("gateway", Role.GATEWAY, "");

        try (Running _ = run()) {
            ready.await();
        }

        assertThat(Files.readAllLines(parent.resolve("events"))).filteredOn(line -> line.endsWith("stopping"))
                .containsExactly("gateway stopping", "model-0 stopping", "config stopping");
    }

    @Test
    void namesTheServiceThatDiesBeforeItIsReadyWithItsReasonAndItsLog() throws Exception {
        plan("gateway", Role.GATEWAY, "");
        plan("model-0", Role.MODEL_SERVICE, "dies");

        CommandFailure failure = catchThrowableOfType(CommandFailure.class,
                () -> supervisor().run(Duration.ofMinutes(1), ready::countDown));

        assertThat(failure).hasMessage(
                "model-0 ended before it was ready (exit code 3: the weights are gone); log: .barista/logs/model-0.log");
    }

    @Test
    void givesUpOnAServiceThatDoesNotBecomeReadyInTime() throws Exception {
        plan("gateway", Role.GATEWAY, "");
        plan("model-0", Role.MODEL_SERVICE, "never-ready");

        CommandFailure failure = catchThrowableOfType(CommandFailure.class,
                () -> supervisor().run(Duration.ofSeconds(3), ready::countDown));

        assertThat(failure).hasMessageContaining("model-0 did not become ready in time");
    }

    @Test
    void startsADeadReplicaAgainOnItsPortWhileTheOthersGoOn() throws Exception {
        plan("model-0", Role.MODEL_SERVICE, "");
        plan("model-1", Role.MODEL_SERVICE, "");

        try (Running _ = run()) {
            ready.await();
            ServiceState victim = states.get(0);
            ServiceState other = states.get(1);
            victim.process().find().orElseThrow().destroyForcibly();

            Eventually.until("failed", () -> states.get(0).state() == Condition.FAILED);
            Eventually.until("ready again", () -> states.get(0).state() == Condition.READY);

            assertThat(states.get(0).port()).isEqualTo(victim.port());
            assertThat(states.get(0).process()).isNotEqualTo(victim.process());
            assertThat(states.get(0).restarts()).isEqualTo(1);
            assertThat(states.get(1)).isEqualTo(other);
            assertThat(said.toString())
                    .containsOnlyOnce("model-0          failed (killed by signal 9), starting it again in 1 s");
        }
    }

    @Test
    void endsTheStartWhenAskedToStopMeanwhile() throws Exception {
        plan("model-0", Role.MODEL_SERVICE, "never-ready");
        Supervisor supervisor = supervisor();
        supervisor.requestStop();

        CommandFailure failure = catchThrowableOfType(CommandFailure.class,
                () -> supervisor.run(Duration.ofMinutes(1), ready::countDown));

        assertThat(failure.exitCode()).isEqualTo(130);
    }

    @Test
    void killsWhatIsSlowToStopWhenAskedASecondTime() throws Exception {
        plan("model-0", Role.MODEL_SERVICE, "stops-slowly");

        try (Running running = run()) {
            ready.await();
            running.supervisor().requestStop();
            Eventually.until("stopping", () -> Files.readString(parent.resolve("events")).contains("stopping"));
        }

        assertThat(said.toString()).contains("asked again: killing");
    }

    @Test
    void tellsTheKeyToServicesByTheirEnvironmentOnly() throws Exception {
        plan("model-0", Role.MODEL_SERVICE, "");

        try (Running _ = run()) {
            ready.await();

            assertThat(Files.readString(parent.resolve("events"))).contains("model-0 started with key s3cret");
            assertThat(states.get(0).process().find().orElseThrow().info().commandLine().orElseThrow())
                    .contains("FakeService").doesNotContain("s3cret");
        }
    }

    private void plan(String name, Role role, String behaviour) {
        int port = ports.next();
        List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1", "-cp",
                Path.of(System.getProperty("barista.root"), "barista-cli/target/test-classes").toString(),
                FakeService.class.getName(), "--name=" + name, "--server.port=" + port, "--behaviour=" + behaviour);
        plans.add(new ServicePlan(name, role, null, port, command, Map.of(), folder.log(name)));
    }

    private Supervisor supervisor() {
        Narrator narrator = new Narrator(List.of(new PrintStream(said, true)), Clock.systemDefaultZone());
        return new Supervisor(plans, Set.of(Role.LORA_REGISTRY), new ServiceStarter(parent, Optional.of("s3cret")),
                guard, folder, narrator,
                Clock.systemUTC(), services -> states = services.stream().map(ManagedService::state).toList(),
                Duration.ofSeconds(35));
    }

    private Running run() {
        Supervisor supervisor = supervisor();
        CompletableFuture<CommandFailure> end = new CompletableFuture<>();
        Thread.ofPlatform().start(() -> {
            try {
                supervisor.run(Duration.ofMinutes(1), ready::countDown);
                end.complete(null);
            } catch (CommandFailure failure) {
                end.complete(failure);
            } catch (Throwable unexpected) {
                end.completeExceptionally(unexpected);
            }
        });
        return new Running(supervisor, end);
    }

    /** A suite on another thread; closing stops it and throws what it ended with. */
    private record Running(Supervisor supervisor, CompletableFuture<CommandFailure> end) implements AutoCloseable {

        @Override
        public void close() throws Exception {
            supervisor.requestStop();
            CommandFailure failure = end.get();
            if (failure != null) {
                throw failure;
            }
        }
    }
}
