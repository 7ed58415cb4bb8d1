package io.barista.loraregistry;

import io.barista.sources.FolderVersion;
import io.barista.sources.RemoteFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
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

    private static final int BUFFER_BYTES = 1 << 16;

    private final ConcurrentMap<FolderVersion, Map<String, String>> known = new ConcurrentHashMap<>();

    /** Reads the files of a version that is new to us. */
    void learn(Adapter adapter, Path folder) throws IOException {
        if (known.size() >= MOST) {
            known.clear();
        }
        try {
            known.computeIfAbsent(adapter.version(), _ -> hash(adapter.files(), folder));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    Optional<String> find(Adapter adapter, RemoteFile file) {
        return Optional.ofNullable(known.get(adapter.version())).map(hashes -> hashes.get(file.path()));
    }

    private static Map<String, String> hash(List<RemoteFile> files, Path folder) {
        Map<String, String> hashes = new LinkedHashMap<>();
        for (RemoteFile file : files) {
            hashes.put(file.path(), crc32c(folder.resolve(file.path())));
        }
        return Map.copyOf(hashes);
    }

    private static String crc32c(Path file) {
        try (FileChannel content = FileChannel.open(file)) {
            CRC32C sum = new CRC32C();
            ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES); // on the heap, each read would copy once more
            while (content.read(buffer.clear()) >= 0) {
                sum.update(buffer.flip());
            }
            return HexFormat.of().toHexDigits((int) sum.getValue());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
