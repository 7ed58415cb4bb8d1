package io.barista.engine.lora;

import io.barista.engine.EngineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Adapters in local folders: those named one by one, and the subfolders of roots, which may come and go while we look. An adapter's
 * version changes when one of its files is written anew.
 */
public final class FolderAdapters implements AdapterSource {

    private static final String PICKLE = "adapter_model.bin";

    private final Map<String, Path> named;
    private final List<Path> roots;

    public FolderAdapters(List<Path> roots) {
        this(Map.of(), roots);
    }

    /**
     * @param named win over equal names under roots
     * @param roots in order; the first with a name wins
     */
    public FolderAdapters(Map<String, Path> named, List<Path> roots) {
        this.named = Map.copyOf(named);
        this.roots = List.copyOf(roots);
    }

    @Override
    public List<String> names() {
        TreeSet<String> names = new TreeSet<>(named.keySet());
        roots.forEach(root -> children(root).filter(FolderAdapters::isAdapter)
                .forEach(child -> names.add(child.getFileName().toString())));
        return List.copyOf(names);
    }

    @Override
    public String version(String name) {
        return versionOf(name, require(name));
    }

    @Override
    public FetchedAdapter fetch(String name) {
        Path folder = require(name);
        return FetchedAdapter.map(versionOf(name, folder), folder);
    }

    private Path require(String name) {
        return Optional.ofNullable(named.get(name))
                .or(() -> roots.stream().flatMap(root -> children(root)
                        .filter(child -> child.getFileName().toString().equals(name)).filter(FolderAdapters::isAdapter))
                        .findFirst())
                .orElseThrow(() -> EngineException.of(EngineException.Code.ADAPTER_NOT_FOUND,
                        "there is no adapter %s", name));
    }

    private static boolean isAdapter(Path folder) {
        return Files.exists(folder.resolve(FetchedAdapter.CONFIG));
    }

    private static Stream<Path> children(Path root) {
        try (Stream<Path> children = Files.list(root)) {
            return children.toList().stream();
        } catch (IOException e) {
            throw new EngineException(EngineException.Code.UNAVAILABLE,
                    "adapters under %s cannot be listed: %s".formatted(root.getFileName(), e.getMessage()), "model", e);
        }
    }

    private static String versionOf(String name, Path folder) {
        StringBuilder facts = new StringBuilder();
        for (String file : List.of(FetchedAdapter.CONFIG, FetchedAdapter.WEIGHTS)) {
            try {
                Path path = folder.resolve(file);
                facts.append(Files.size(path)).append('/').append(Files.getLastModifiedTime(path)).append(' ');
            } catch (IOException e) {
                throw new EngineException(EngineException.Code.INVALID_ADAPTER,
                        "adapter %s cannot be used: %s".formatted(name, lack(folder, file)), null, e);
            }
        }
        return shortHash(facts.toString());
    }

    private static String lack(Path folder, String file) {
        return file.equals(FetchedAdapter.WEIGHTS) && Files.exists(folder.resolve(PICKLE))
                ? "its weights are a pickle, which can run code and is never opened; save them as " + file
                        + " (PEFT: safe_serialization=True)"
                : file + " is missing or cannot be read";
    }

    private static String shortHash(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
