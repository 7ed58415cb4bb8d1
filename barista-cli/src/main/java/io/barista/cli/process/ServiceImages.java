package io.barista.cli.process;

import io.barista.cli.CommandFailure;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** The images of the built services, each beside its jar in {@code target/image/}; made when missing, cleared away when old. */
public final class ServiceImages {

    static final String IN_USE = "in-use";
    private static final String BOOT_LIBRARIES = "BOOT-INF/lib/";

    private final Path installation;

    public ServiceImages(Path installation) {
        this.installation = installation;
    }

    /** Keeps other commands from preparing images at the same time. */
    public record Lock(FileChannel channel) implements AutoCloseable {

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    public Lock lock() throws IOException {
        Path file = Files.createDirectories(installation.resolve("target")).resolve("images.lock");
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        channel.lock();
        return new Lock(channel);
    }

    /** The image of the service as it is built now. To be called with the {@link #lock}. */
    public ServiceImage prepare(Role role) throws IOException, InterruptedException {
        Path jar = installation.resolve(role.service()).resolve("target").resolve(role.service() + ".jar");
        if (!Files.isRegularFile(jar)) {
            throw CommandFailure.of("%s is not built; use the ./barista script, or run ./mvnw package", jar);
        }
        Path images = jar.resolveSibling("image");
        Path folder = images.resolve(JarFingerprint.of(jar));
        if (!Files.exists(folder)) {
            Path unfinished = Files.createTempDirectory(Files.createDirectories(images), "unfinished-");
            fill(unfinished, jar);
            Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
        }
        ServiceImage image = new ServiceImage(role, folder);
        image.use();
        clearOthers(images, folder);
        return image;
    }

    private static void fill(Path folder, Path jar) throws IOException, InterruptedException {
        try (JarFile content = new JarFile(jar.toFile())) {
            if (content.getEntry(BOOT_LIBRARIES) == null) { // a plain jar, as in tests
                Files.copy(jar, folder.resolve(jar.getFileName()));
                return;
            }
        }
        Process unpacking = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djarmode=tools", "-jar", jar.toString(), "extract",
                "--force",
                "--destination", folder.toString())
                .redirectErrorStream(true).redirectInput(Redirect.from(new File("/dev/null"))).start();
        String output = new String(unpacking.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (unpacking.waitFor() != 0) {
            throw CommandFailure.of("%s cannot be unpacked: %s", jar, Obituary.of(unpacking.exitValue(), output));
        }
    }

    private static void clearOthers(Path images, Path current) throws IOException {
        try (Stream<Path> folders = Files.list(images)) {
            for (Path folder : folders.filter(other -> !other.equals(current)).toList()) {
                if (!isInUse(folder)) {
                    delete(folder);
                }
            }
        }
    }

    private static boolean isInUse(Path folder) throws IOException {
        Path marker = folder.resolve(IN_USE);
        if (!Files.exists(marker)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(marker, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock == null;
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> content = Files.walk(folder)) {
            List<Path> deepestFirst = content.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        }
    }
}
