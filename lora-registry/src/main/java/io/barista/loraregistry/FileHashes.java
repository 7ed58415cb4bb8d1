package io.barista.loraregistry;

import io.barista.sources.RemoteFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** SHA-256 of the files that are served, each version read once, so that those who stream them can compare. Thread-safe. */
final class FileHashes {

    /** More than are on the disk at a time; what is forgotten is read again. */
    private static final int MOST = 10_000;

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
            hashes.put(file.path(), sha256(folder.resolve(file.path())));
        }
        return Map.copyOf(hashes);
    }

    private static String sha256(Path file) {
        try (InputStream content = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            content.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
