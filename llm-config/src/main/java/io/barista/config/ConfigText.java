package io.barista.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A file's text.
 *
 * @param name    how messages name the file, and how its {@link ConfigSource} finds it again
 * @param text    verbatim
 * @param folders what relative paths in it mean, in this order: the file's own folder, then the working directory;
 *                absolute, at least one
 */
public record ConfigText(String name, String text, List<Path> folders) {

    public ConfigText {
        folders = List.copyOf(folders);
    }

    /** What {@code relative} means here, if there is such a file or folder. */
    Optional<Path> find(String relative) {
        try {
            return existing(relative);
        } catch (InvalidPathException e) { // a name no file can have
            return Optional.empty();
        }
    }

    /** What {@code relative} means here when there may be no such file yet. */
    Path place(String relative) {
        return find(relative).orElseGet(() -> folders.getFirst().resolve(relative).normalize());
    }

    private Optional<Path> existing(String relative) {
        return folders.stream().map(folder -> folder.resolve(relative).normalize()).filter(Files::exists).findFirst();
    }
}
