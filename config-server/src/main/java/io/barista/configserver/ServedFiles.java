package io.barista.configserver;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.springframework.cloud.config.server.environment.SearchPathLocator;
import org.springframework.stereotype.Component;

/**
 * The files below the folders that Spring Cloud Config's repository names: the served ones, or a checkout of git's.
 * Spring's own lookup finds nothing in folders with a blank or an umlaut in their path.
 */
@Component
final class ServedFiles {

    private static final String FILE_SCHEME = "file:";
    private static final String OPTIONAL = "optional:";

    private final SearchPathLocator repository;

    ServedFiles(SearchPathLocator repository) {
        this.repository = repository;
    }

    /**
     * One at a time, since a repository of git checks out {@code label} for it.
     *
     * @param name relative; links are followed, whoever may make them may write the files as well
     */
    synchronized Optional<byte[]> read(String application, String profile, String label, String name)
            throws IOException {
        for (String location : repository.getLocations(application, profile, label).getLocations()) {
            Optional<Path> file = folder(location).flatMap(folder -> fileBelow(folder, name));
            if (file.isPresent()) {
                return Optional.of(Files.readAllBytes(file.get()));
            }
        }
        return Optional.empty();
    }

    private static Optional<Path> fileBelow(Path folder, String name) {
        try {
            Path file = folder.resolve(name).normalize();
            return Optional.of(file).filter(path -> path.startsWith(folder)).filter(Files::isRegularFile);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** The folder a location such as {@code file:/configs/} names, which may be written as a path or as a URI. */
    private static Optional<Path> folder(String location) {
        String url = location.startsWith(OPTIONAL) ? location.substring(OPTIONAL.length()) : location;
        if (!url.startsWith(FILE_SCHEME)) {
            return Optional.empty();
        }
        Path asWritten = Path.of(url.substring(FILE_SCHEME.length()).replaceFirst("^/+", "/")).toAbsolutePath()
                .normalize();
        if (Files.isDirectory(asWritten) || !url.contains("%")) {
            return Optional.of(asWritten);
        }
        return Optional.of(Path.of(URI.create(url)).normalize());
    }
}
