package io.barista.loraregistry;

import io.barista.sources.RemoteFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.zip.CRC32C;

/**
 * CRC-32C of the files that are served, each version read once, so that those who stream them can compare. It is there against bytes that change
 * on the way, and costs a fraction of SHA-256, which the first compiler makes slow. Thread-safe.
 */
final class FileHashes {

    /** More than are on the disk at a time; what is forgotten is read again. */
    private static final int MOST = 10_000;

    private static final int BUFFER_BYTES = 1 << 18;

    private final ConcurrentMap<String, Map<String, String>> known = new ConcurrentHashMap<>();

    /** Reads the files of a version that is new to us. */
    void learn(Adapter adapter, Path folder) throws IOException {
        if (known.size() >= MOST) {
            known.clear();
        }
        try {
            known.computeIfAbsent(key(adapter), _ -> hash(adapter.files(), folder));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    Optional<String> find(Adapter adapter, RemoteFile file) {
        return Optional.ofNullable(known.get(key(adapter))).map(hashes -> hashes.get(file.path()));
    }

    private static String key(Adapter adapter) {
        return adapter.version().label() + "/" + adapter.version().hash();
    }

    private static Map<String, String> hash(List<RemoteFile> files, Path folder) {
        Map<String, String> hashes = new LinkedHashMap<>();
        for (RemoteFile file : files) {
            hashes.put(file.path(), crc32c(folder.resolve(file.path())));
        }
        return Map.copyOf(hashes);
    }

    private static String crc32c(Path file) {
        try (InputStream content = Files.newInputStream(file)) {
            CRC32C sum = new CRC32C();
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
                sum.update(buffer, 0, count);
            }
            return HexFormat.of().toHexDigits((int) sum.getValue());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
