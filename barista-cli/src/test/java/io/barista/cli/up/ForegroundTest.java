package io.barista.cli.up;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.cli.process.Ports;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** up and serve in the foreground, as processes that get signals. */
class ForegroundTest {

    @TempDir
    private Path installation;
    @TempDir
    private Path folder;

    private final int port = new Ports(new Random()).next();
    private Process command;

    @BeforeEach
    void install() throws Exception {
        FakeInstallation.in(installation);
    }

    @AfterEach
    void end() throws Exception {
        command.descendants().forEach(ProcessHandle::destroyForcibly);
        command.destroyForcibly().waitFor();
    }

    @Test
    void stopsTheSuiteInOrderWhenTerminated() throws Exception {
        start("up", "--port=" + port);
        Eventually.until("ready", () -> out().startsWith("Ready: http://127.0.0.1:" + port));
        Eventually.until("registry started", () -> Files.readString(folder.resolve("events"))
                .contains("lora-registry started"));
        List<ProcessHandle> services = command.descendants().toList();

        command.toHandle().destroy();

        assertThat(command.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(command.exitValue()).isZero();
        assertThat(services).isNotEmpty().noneMatch(ProcessHandle::isAlive);
        assertThat(Files.readAllLines(folder.resolve("events"))).filteredOn(line -> line.endsWith("stopping"))
                .containsExactly("api-gateway stopping", "model-service stopping", "lora-registry stopping",
                        "config-server stopping");
    }

    @Test
    void servesOneModelUntilTerminated() throws Exception {
        start("serve", installation.resolve("models/barista-demo").toString(), "--port=" + port, "--served-model-name",
                "a", "b");
        Eventually.until("ready", () -> out().startsWith("Ready: http://127.0.0.1:" + port + " serves a, b."));

        command.toHandle().destroy();

        assertThat(command.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(command.exitValue()).as(err()).isZero();
        assertThat(err()).contains("model-service runs on port " + port);
        assertThat(Files.readString(folder.resolve("events"))).contains("model-service stopping")
                .doesNotContain("gateway");
    }

    @Test
    void endsServeWithTheReasonOfTheService() throws Exception {
        Files.writeString(folder.resolve("behaviour-model-service"), "dies");

        start("serve", installation.resolve("models/barista-demo").toString(), "--port=" + port);

        assertThat(command.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(command.exitValue()).isEqualTo(1);
        assertThat(err().lines().toList().getLast())
                .isEqualTo("barista serve: the model service ended (exit code 3: the weights are gone)");
    }

    private void start(String... arguments) throws Exception {
        List<String> line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-Dbarista.root=" + installation, "-cp",
                System.getProperty("java.class.path"),
                "io.barista.cli.Barista"));
        line.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(line).directory(folder.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectOutput(folder.resolve("out").toFile()).redirectError(folder.resolve("err").toFile());
        builder.environment().put("BARISTA_STARTUP_CACHE", "off");
        builder.environment().remove("BARISTA_API_KEY");
        command = builder.start();
    }

    private String out() throws Exception {
        return Files.readString(folder.resolve("out"));
    }

    private String err() throws Exception {
        return Files.readString(folder.resolve("err"));
    }
}
