package io.barista.cli.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.barista.cli.Barista;
import io.barista.cli.Workplace;
import io.barista.cli.process.Ports;
import io.barista.cli.process.ProcessIdentity;
import io.barista.cli.process.Role;
import io.barista.cli.up.SuiteState.ServiceState;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** up, status, logs and down as a user types them, over services that are small fakes. */
class UpCommandTest {

    @TempDir
    private Path installation;
    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final int port = new Ports(new Random()).next();

    @BeforeEach
    void install() throws Exception {
        FakeInstallation.in(installation);
    }

    @AfterEach
    void stopTheSuite() {
        barista("down");
    }

    @Test
    void detachesOnceTheSuiteIsReadyAndDownStopsIt() throws Exception {
        assertThat(barista("up", "--detach", "--port=" + port)).as(err.toString()).isZero();

        assertThat(out.toString()).startsWith("Ready: http://127.0.0.1:" + port + " serves barista-demo.");
        List<ServiceState> services = state().services();
        assertThat(services).extracting(ServiceState::name).containsExactly("config-server", "lora-registry",
                "model-service-0", "api-gateway");
        assertThat(services).allSatisfy(service -> assertThat(service.process().isAlive()).isTrue());

        assertThat(barista("down")).isZero();

        assertThat(services).allSatisfy(service -> assertThat(service.process().isAlive()).isFalse());
        assertThat(folder.resolve(".barista/state.json")).doesNotExist();
        assertThat(barista("logs", "model-service-0")).isZero();
        assertThat(out.toString()).contains("model-service runs on port");
    }

    @Test
    void tellsStatusAsJson() {
        barista("up", "--detach", "--port=" + port);

        assertThat(barista("status", "--json")).isZero();

        JsonNode services = JsonMapper.builder().build().readTree(out.toString()).get("services");
        assertThat(services).hasSize(4);
        JsonNode model = services.get(2);
        assertThat(model.get("name").asString()).isEqualTo("model-service-0");
        assertThat(model.get("model").asString()).isEqualTo("barista-demo");
        assertThat(model.get("state").asString()).isEqualTo("ready");
        assertThat(ProcessHandle.of(model.get("pid").asLong())).isPresent();
        assertThat(model.get("uptime_s").asLong()).isBetween(0L, 600L);
        assertThat(services.get(3).get("port").asInt()).isEqualTo(port);
    }

    @Test
    void tellsThatNothingRuns() {
        assertThat(barista("status")).isZero();
        assertThat(out.toString()).startsWith("Nothing is running in");
        assertThat(barista("status", "--json")).isZero();
        assertThat(out.toString()).isEqualToIgnoringNewLines("{\"services\":[]}");
        assertThat(barista("down")).isZero();
        assertThat(barista("logs")).isEqualTo(1);
    }

    @Test
    void failsWithTheReasonAsItsLastLineWhenAServiceDies() throws Exception {
        Files.writeString(folder.resolve("behaviour-model-service"), "dies");

        assertThat(barista("up", "--detach", "--port=" + port)).isEqualTo(1);

        assertThat(err.toString().lines().toList().getLast())
                .isEqualTo("barista up: model-service-0 ended before it was ready "
                        + "(exit code 3: the weights are gone); log: .barista/logs/model-service-0.log");
        assertThat(barista("status", "--json")).isZero();
        assertThat(out.toString()).isEqualToIgnoringNewLines("{\"services\":[]}");
    }

    @Test
    void refusesAPortInUse() throws Exception {
        try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(barista("up", "--port=" + port)).isEqualTo(1);

            assertThat(err.toString()).startsWith("barista up: port " + port + " of 127.0.0.1 is in use");
        }
    }

    @Test
    void refusesASecondSuiteInTheSameFolder() {
        barista("up", "--detach", "--port=" + port);

        assertThat(barista("up", "--port=" + port)).isEqualTo(1);

        assertThat(err.toString()).contains("a suite is already running in " + folder + " (http://127.0.0.1:" + port);
        assertThat(barista("status", "--json")).isZero();
        assertThat(out.toString()).contains("\"state\":\"ready\"");
    }

    @Test
    void leavesNoServiceBehindWhenTheSupervisorIsKilled() throws Exception {
        barista("up", "--detach", "--port=" + port);
        SuiteState state = state();

        state.supervisor().find().orElseThrow().destroyForcibly();

        Eventually.until("services end",
                () -> state.services().stream().noneMatch(service -> service.process().isAlive()));
        barista("status", "--json");
        assertThat(out.toString()).contains("\"state\":\"stopped\"").doesNotContain("ready");
        assertThat(barista("up", "--detach", "--port=" + port)).as(err.toString()).isZero();
    }

    @Test
    void neverTouchesAProcessThatGotAnOldNumber() throws Exception {
        Process bystander = new ProcessBuilder("sleep", "600").start();
        try {
            ProcessIdentity recycled = new ProcessIdentity(bystander.pid(),
                    ProcessIdentity.of(bystander.toHandle()).startedMs() - 60_000);
            SuiteState old = new SuiteState(recycled, "http://127.0.0.1:1", "x.yaml", true,
                    List.of(new ServiceState("model-service-0", Role.MODEL_SERVICE, "m", 1, Condition.READY, recycled,
                            0)));
            Files.createDirectories(folder.resolve(".barista"));
            new StateFile(folder.resolve(".barista/state.json")).write(old);

            barista("status", "--json");
            assertThat(out.toString()).contains("\"state\":\"stopped\"").contains("\"pid\":null");
            assertThat(barista("down")).isZero();

            assertThat(bystander.isAlive()).isTrue();
        } finally {
            bystander.destroyForcibly();
        }
    }

    @Test
    void keepsTheKeyOutOfStateLogsAndCommandLines() throws Exception {
        assertThat(barista("up", "--detach", "--api-key=s3cret-key", "--port=" + port)).isZero();

        assertThat(Files.readString(folder.resolve("events"))).contains("api-gateway started with key s3cret-key");
        assertThat(out.toString()).contains("Authorization: Bearer $BARISTA_API_KEY").doesNotContain("s3cret");
        assertThat(Files.readString(folder.resolve(".barista/state.json"))).doesNotContain("s3cret");
        assertThat(Files.readString(folder.resolve(".barista/logs/supervisor.log"))).doesNotContain("s3cret");
        assertThat(state().supervisor().find().orElseThrow().info().commandLine().orElseThrow())
                .doesNotContain("s3cret");
    }

    @Test
    void takesThePortsThatTheConfigurationFixes() throws Exception {
        int fixed = new Ports(new Random()).next();
        Files.writeString(folder.resolve("two.yaml"), """
                model_loading_config: {model_id: demo, model_source: %s}
                deployment_config: {num_replicas: 2}
                engine_kwargs: {port: %d}
                """.formatted(installation.resolve("models/barista-demo"), fixed));

        assertThat(barista("up", "two.yaml", "--detach", "--port=" + port)).as(err.toString()).isZero();

        assertThat(state().services()).filteredOn(service -> service.role() == Role.MODEL_SERVICE)
                .extracting(ServiceState::name, ServiceState::port)
                .containsExactly(tuple("model-service-0", fixed), tuple("model-service-1", fixed + 1));
    }

    @Test
    void saysWhatIsWrongWithAConfigurationByItsLine() throws Exception {
        Files.writeString(folder.resolve("wrong.yaml"), "model_loading_config:\n  model_idd: demo\n");

        assertThat(barista("up", "wrong.yaml")).isEqualTo(1);

        assertThat(err.toString()).contains("barista up: wrong.yaml:2: ");
        assertThat(barista("up", "nowhere.yaml")).isEqualTo(1);
        assertThat(err.toString()).isEqualToIgnoringNewLines("barista up: nowhere.yaml: no such file");
    }

    @Test
    void startsOverAStateThatItCannotRead() throws Exception {
        Files.createDirectories(folder.resolve(".barista"));
        Files.writeString(folder.resolve(".barista/state.json"), "{\"from\": \"another version\"}");

        assertThat(barista("status")).isEqualTo(1);
        assertThat(barista("up", "--detach", "--port=" + port)).as(err.toString()).isZero();
    }

    @Test
    void refusesAPortThatIsNone() {
        assertThat(barista("up", "--port=70000")).isEqualTo(2);
        assertThat(err.toString()).isEqualToIgnoringNewLines("barista up: --port must be from 1 to 65535, was 70000");
    }

    @Test
    void warnsWhenEveryoneMayUseTheModels() {
        barista("up", "--detach", "--host=0.0.0.0", "--port=" + port);

        assertThat(err.toString()).contains("warning: everyone who reaches 0.0.0.0:" + port);
    }

    @Test
    void makesStartUpCachesOnceForABuild() throws Exception {
        assertThat(barista(Map.of(), "up", "--detach", "--port=" + port)).as(err.toString()).isZero();

        assertThat(err.toString()).contains("Preparing start-up caches");
        assertThat(state().services().getFirst().process().find().orElseThrow().info().commandLine().orElseThrow())
                .contains("-XX:AOTCache=" + installation.resolve("config-server/target/image"));
        barista("down");
        assertThat(barista(Map.of(), "up", "--detach", "--port=" + port)).as(err.toString()).isZero();
        assertThat(err.toString()).doesNotContain("Preparing start-up caches");
    }

    private SuiteState state() throws Exception {
        return new StateFile(folder.resolve(".barista/state.json")).read().orElseThrow();
    }

    private int barista(String... arguments) {
        return barista(Map.of("BARISTA_STARTUP_CACHE", "off"), arguments);
    }

    private int barista(Map<String, String> environment, String... arguments) {
        out.reset();
        err.reset();
        return Barista.commandLine(new Workplace(installation, folder, environment, InputStream.nullInputStream(),
                new PrintStream(out, true), new PrintStream(err, true), false)).execute(arguments);
    }
}
