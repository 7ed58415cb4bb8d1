package io.barista.gateway.models;

import io.barista.config.ConfigServerSource;
import io.barista.config.ConfigSource;
import io.barista.config.LocalFiles;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the {@code LlmConfig} file is: with config-server ({@code uri} and {@code file}), or on the disk ({@code path}).
 *
 * @param baseDir  what paths in files of config-server are relative to on this machine
 * @param patience how long config-server may take to come up
 */
@ConfigurationProperties(prefix = "barista.config", ignoreUnknownFields = false)
public record ConfigLocation(@Nullable URI uri, @Nullable String file, @DefaultValue("") String baseDir,
        @Nullable String path, @DefaultValue("2m") Duration patience) {

    public ConfigLocation {
        boolean local = path != null;
        boolean remote = uri != null || file != null;
        if (local == remote) {
            throw new IllegalArgumentException("expected either barista.config.uri with barista.config.file,"
                    + " or barista.config.path; got " + (local ? "both" : "neither"));
        }
        if (remote && (uri == null || file == null)) {
            throw new IllegalArgumentException("barista.config.uri and barista.config.file belong together; "
                    + (uri == null ? "uri" : "file") + " is missing");
        }
    }

    ConfigSource source() {
        Path workingFolder = Path.of("");
        return uri == null
                ? new LocalFiles(workingFolder)
                : new ConfigServerSource(uri, Path.of(baseDir), workingFolder, patience);
    }

    /** The file, as {@link #source()} knows it. */
    String name() {
        return path != null ? path : Objects.requireNonNull(file);
    }
}
