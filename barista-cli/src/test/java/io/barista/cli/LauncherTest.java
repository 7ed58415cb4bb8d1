package io.barista.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The barista script, in a repository whose Maven and whose JDK are small scripts. */
class LauncherTest {

    private static final String FAKE_MAVEN = """
            #!/bin/sh
            cd "$(dirname "$0")"
            echo run >>builds
            echo '[INFO] Building thing 1.0 [1/2]'
            if [ -f broken ]; then
                echo '[ERROR] COMPILATION ERROR : '
                echo '[ERROR] /src/A.java:[1,2] error: ; expected'
                exit 1
            fi
            [ ! -f slow ] || sleep 1
            for module in barista-cli config-server lora-registry model-service api-gateway; do
                mkdir -p $module/target/lib
                echo jar >$module/target/$module.jar
                echo jar >$module/target/lib/a.jar
            done
            """;

    @TempDir
    private Path root;
    @TempDir
    private Path elsewhere;

    private record Run(int exitCode, String out, String err) {}

    @BeforeEach
    void createRepository() throws IOException {
        Files.copy(Path.of(System.getProperty("barista.root"), "barista"), root.resolve("barista"));
        write(root.resolve("mvnw"), FAKE_MAVEN);
        write(root.resolve("pom.xml"), "<project/>");
        write(root.resolve(".mvn/wrapper/maven-wrapper.properties"), "");
        for (String module : List.of("openai-api", "llm-config", "model-sources", "inference-engine/engine-core",
                "barista-cli", "config-server", "lora-registry", "model-service", "api-gateway")) {
            write(root.resolve(module).resolve("src/main/java/A.java"), "");
        }
        jdk("25.0.1");
    }

    @Test
    void buildsWhatIsMissingAndRunsTheCommandWithItsArguments() throws Exception {
        Run run = barista("up", "my config.yaml", "--port", "1");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines()).hasSize(1).first().asString()
                .endsWith("barista-cli.jar|up|my config.yaml|--port|1|");
        assertThat(run.err()).contains("Building Barista", "  thing 1.0 [1/2]");
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void buildsNothingWhenNothingHasChanged() throws Exception {
        barista("up");

        Run run = barista("up");

        assertThat(builds()).isEqualTo(1);
        assertThat(run.err()).isEmpty();
        barista("generate", "x");
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void buildsAgainWhenASourceIsNewerOrGone() throws Exception {
        barista("up");
        Path source = root.resolve("inference-engine/engine-core/src/main/java/A.java");

        touchInFuture(source);
        barista("up");
        assertThat(builds()).isEqualTo(2);

        Files.delete(source);
        touchInFuture(source.getParent());
        barista("up");
        assertThat(builds()).isEqualTo(3);
    }

    @Test
    void leavesServicesAloneWhenACommandDoesNotNeedThem() throws Exception {
        barista("tokenize");
        touchInFuture(root.resolve("api-gateway/src/main/java/A.java"));

        barista("tokenize");

        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void showsAndStopsARunningSuiteWhileSourcesDoNotCompile() throws Exception {
        barista("up");
        write(root.resolve("broken"), "");
        touchInFuture(root.resolve("barista-cli/src/main/java/A.java"));

        assertThat(barista("status").exitCode()).isZero();
        assertThat(barista("down").exitCode()).isZero();
        assertThat(barista("up").exitCode()).isEqualTo(1);
    }

    @Test
    void namesTheReasonAndTheLogOfAFailedBuild() throws Exception {
        write(root.resolve("broken"), "");

        Run run = barista("up");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines().toList().getLast())
                .isEqualTo("barista: the build failed: /src/A.java:[1,2] error: ; expected;"
                        + " log: " + root.toRealPath() + "/target/launcher/build.log");
        assertThat(barista("up").exitCode()).as("a failed build is no build").isEqualTo(1);
    }

    @Test
    void letsOneOfTwoCommandsBuildForBoth() throws Exception {
        write(root.resolve("slow"), "");
        Process first = start(root.resolve("barista"), "tokenize", "1");
        Process second = start(root.resolve("barista"), "tokenize", "2");

        assertThat(finish(first).out()).endsWith("tokenize|1|\n");
        assertThat(finish(second).out()).endsWith("tokenize|2|\n");
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void isFoundThroughALink() throws Exception {
        Path link = Files.createSymbolicLink(elsewhere.resolve("b"), root.resolve("barista"));

        assertThat(finish(start(link, "status")).out()).contains("-Dbarista.root=" + root.toRealPath() + "|");
    }

    @Test
    void saysInOneLineThatAJdkIsTooOld() throws Exception {
        jdk("17.0.2");

        Run run = barista("up");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo("barista: BARISTA_JAVA_HOME=" + root.resolve("jdk") + " is not a JDK 25 or newer\n");
        assertThat(root.resolve("builds")).doesNotExist();
    }

    private void jdk(String version) throws IOException {
        write(root.resolve("jdk/release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        write(root.resolve("jdk/bin/java"), "#!/bin/sh\nprintf '%s|' \"$@\"\necho\n");
        write(root.resolve("jdk/bin/javac"), "#!/bin/sh\n");
    }

    private Run barista(String... arguments) throws Exception {
        return finish(start(root.resolve("barista"), arguments));
    }

    private Process start(Path script, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("/bin/sh", script.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(elsewhere.toFile());
        builder.environment().put("BARISTA_JAVA_HOME", root.resolve("jdk").toString());
        return builder.start();
    }

    private static Run finish(Process process) throws Exception {
        String out = new String(process.getInputStream().readAllBytes());
        String err = new String(process.getErrorStream().readAllBytes());
        return new Run(process.waitFor(), out, err);
    }

    private int builds() throws IOException {
        return Files.readAllLines(root.resolve("builds")).size();
    }

    private static void touchInFuture(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(5)));
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
