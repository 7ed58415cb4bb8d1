package io.barista.modelservice.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ScratchFolderTest {

    @TempDir
    private Path parent;

    @Test
    void leavesNothingOfAProcessThatEnds() throws IOException {
        try (ScratchFolder scratch = ScratchFolder.in(parent)) {
            Files.writeString(Files.createDirectories(scratch.path().resolve("pirate")).resolve("weights"), "...");
        }
        assertThat(names()).isEmpty();
    }

    @Test
    void sweepsWhatAKilledProcessLeftAndNothingOfTheLiving() throws Exception {
        Process killed = anotherProcess();
        String first = killed.inputReader().readLine();
        Process living = anotherProcess();
        String second = living.inputReader().readLine();
        try (ScratchFolder own = ScratchFolder.in(parent)) {
            killed.destroyForcibly().waitFor();
            assertThat(names()).contains(first, second, own.path().getFileName().toString());

            try (ScratchFolder next = ScratchFolder.in(parent)) {
                assertThat(folders()).containsExactlyInAnyOrder(second, own.path().getFileName().toString(),
                        next.path().getFileName().toString());
                assertThat(parent.resolve(second)).isNotEmptyDirectory();
            }
        } finally {
            living.destroyForcibly().waitFor();
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void isReadForItsOwnerOnly() throws IOException {
        try (ScratchFolder scratch = ScratchFolder.in(parent)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(scratch.path())))
                    .isEqualTo("rwx------");
            Path owner = parent.resolve(scratch.path().getFileName() + ".owner");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(owner))).isEqualTo("rw-------");
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void opensNothingThatIsNoFile() throws Exception {
        Path kept = Files.writeString(parent.resolve("kept"), "...");
        Files.createSymbolicLink(parent.resolve("barista-adapters-link.owner"), kept);
        assertThat(new ProcessBuilder("mkfifo", parent.resolve("barista-adapters-pipe.owner").toString()).start()
                .waitFor()).isZero();

        try (ScratchFolder scratch = ScratchFolder.in(parent)) {
            assertThat(scratch.path()).isDirectory();
            assertThat(names()).contains("kept", "barista-adapters-link.owner", "barista-adapters-pipe.owner");
        }
    }

    private Process anotherProcess() throws IOException {
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                Holding.class.getName(), parent.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(parent)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private List<String> folders() throws IOException {
        return names().stream().filter(name -> Files.isDirectory(parent.resolve(name))).toList();
    }

    /** What runs in another process. */
    static final class Holding {

        private Holding() {}

        public static void main(String[] arguments) throws Exception {
            ScratchFolder scratch = ScratchFolder.in(Path.of(arguments[0]));
            Files.writeString(Files.createDirectories(scratch.path().resolve("pirate")).resolve("weights"), "...");
            System.out.println(scratch.path().getFileName());
            Thread.sleep(Long.MAX_VALUE);
        }
    }
}
