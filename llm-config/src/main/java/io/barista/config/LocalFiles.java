package io.barista.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Configuration from the local disk. */
public final class LocalFiles implements ConfigSource {

    /** Far more than any configuration has, so that a wrong name (a weights file) does not fill the memory. */
    private static final long MAX_BYTES = 4 << 20;

    private final Path workingFolder;

    /** @param workingFolder what relative names mean */
    public LocalFiles(Path workingFolder) {
        this.workingFolder = workingFolder.toAbsolutePath().normalize();
    }

    @Override
    public ConfigText read(String name) {
        Path file = workingFolder.resolve(name).normalize();
        if (Files.isDirectory(file)) {
            throw unreadable(name, "is a folder, expected a YAML file");
        }
        if (!Files.exists(file)) {
            throw unreadable(name, "no such file");
        }
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw unreadable(name, "is larger than 4 MiB, which no configuration needs");
            }
            Path folder = file.getParent() == null ? workingFolder : file.getParent();
            return new ConfigText(name, Files.readString(file), List.of(folder, workingFolder));
        } catch (CharacterCodingException e) {
            throw unreadable(name, "is not UTF-8 text");
        } catch (IOException e) {
            throw unreadable(name, "cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }

    @Override
    public ConfigText follow(ConfigText from, String reference) {
        Path file = from.find(reference).orElseThrow(() -> unreadable(reference,
                "no such file; looked in " + from.folders().getFirst() + " and in " + workingFolder));
        return read(file.startsWith(workingFolder) ? workingFolder.relativize(file).toString() : file.toString());
    }

    @Override
    public String describe(String name) {
        return "local file " + workingFolder.resolve(name).normalize();
    }

    private static ConfigException unreadable(String name, String message) {
        return new ConfigException(new Problem(name, 0, "", message));
    }
}
