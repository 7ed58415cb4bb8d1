package io.barista.engine.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compiled kernels on disk, named by the digest of everything they depend on. What cannot be read or written is compiled again. */
final class KernelCache {

    private static final Logger LOG = LoggerFactory.getLogger(KernelCache.class);

    private final Path folder;

    KernelCache(Path folder) {
        this.folder = folder;
    }

    /** {@code $XDG_CACHE_HOME/barista/kernels}, by default in {@code ~/.cache}. */
    static KernelCache ofUser() {
        return new KernelCache(folderOf(System.getenv(), System.getProperty("user.home")));
    }

    static Path folderOf(Map<String, String> environment, String home) {
        String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path base = cache.isEmpty() ? Path.of(home, ".cache") : Path.of(cache);
        return base.resolve("barista").resolve("kernels");
    }

    Optional<byte[]> find(String digest) {
        try {
            Path file = file(digest);
            return Files.exists(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
        } catch (IOException e) {
            LOG.warn("a compiled kernel cannot be read and is compiled again: {}", e.toString());
            return Optional.empty();
        }
    }

    /** Moves the file into place when it is complete, so that two processes may write at once. */
    void keep(String digest, byte[] cubin) {
        try {
            Files.createDirectories(folder);
            Path part = Files.createTempFile(folder, "kernel", ".part");
            Files.write(part, cubin);
            Files.move(part, file(digest), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.info("compiled kernels are not kept for the next start: {}", e.toString());
        }
    }

    private Path file(String digest) {
        return folder.resolve(digest + ".cubin");
    }
}
