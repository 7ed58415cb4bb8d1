package io.barista.cli.process;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A built service, ready to run: its jar and libraries side by side, which the JVM starts faster from than from one big jar, and
 * the JVM's cache of loaded and linked classes where it has been trained. The folder is made for one state of the jar, so that a
 * new build does not pull the files from under a running service.
 */
public final class ServiceImage {

    private final Role role;
    private final Path folder;

    ServiceImage(Role role, Path folder) {
        this.role = role;
        this.folder = folder;
    }

    public Role role() {
        return role;
    }

    /** The program without arguments, with the cache where there is one. */
    public List<String> command() {
        return Files.exists(cache()) ? command(List.of("-XX:AOTCache=" + cache())) : command(List.of());
    }

    /** The program without arguments, writing a cache of what it has loaded when it ends. */
    public List<String> trainingCommand() {
        return command(List.of("-XX:AOTCacheOutput=" + newCache()));
    }

    private List<String> command(List<String> cacheFlags) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags());
        command.addAll(cacheFlags);
        command.addAll(List.of("-jar", folder.resolve(role.service() + ".jar").toString()));
        return List.copyOf(command);
    }

    /** Small heaps for what holds little; benchmarks/startup measures what they come to. A cache is good for these flags only. */
    private List<String> flags() {
        List<String> own = switch (role) {
            case GATEWAY -> List.of("-XX:+UseSerialGC", "-Xmx192m", "-XX:MaxDirectMemorySize=128m");
            case MODEL_SERVICE -> List.of("--add-modules=jdk.incubator.vector");
            case LORA_REGISTRY -> List.of("-XX:+UseSerialGC", "-Xmx160m", "-XX:TieredStopAtLevel=1");
            case CONFIG_SERVER -> List.of("-XX:+UseSerialGC", "-Xmx96m", "-XX:TieredStopAtLevel=1");
        };
        return Stream.concat(Stream.of("--enable-native-access=ALL-UNNAMED"), own.stream()).toList();
    }

    /** Whether a cache has been made, or has been found not to be possible. */
    public boolean isTrained() {
        return Files.exists(cache()) || Files.exists(refusal());
    }

    /** Takes the cache that a training run has left; without one, remembers that there is none, so that nobody tries again. */
    public boolean adoptCache() throws IOException {
        if (Files.exists(newCache())) {
            Files.move(newCache(), cache(), StandardCopyOption.ATOMIC_MOVE);
            return true;
        }
        Files.writeString(refusal(), "The training run left no cache. Delete this file to try again.\n");
        return false;
    }

    /** Keeps the folder from being cleared away, by a lock that the kernel releases when this process ends. */
    @SuppressWarnings("resource") // open until this process ends
    public void use() throws IOException {
        FileChannel channel = FileChannel.open(folder.resolve(ServiceImages.IN_USE), StandardOpenOption.CREATE,
                StandardOpenOption.READ, StandardOpenOption.WRITE);
        channel.lock(0, Long.MAX_VALUE, true);
    }

    private Path cache() {
        return folder.resolve(role.service() + ".aot");
    }

    private Path newCache() {
        return folder.resolve(role.service() + ".new.aot");
    }

    private Path refusal() {
        return folder.resolve("no-cache");
    }
}
