package io.barista.cli.up;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Reads and writes {@code state.json}; a reader sees the old state or the new one, never half of one. */
final class StateFile {

    private final Path file;
    private final JsonMapper json = JsonMapper.builder().build();

    StateFile(Path file) {
        this.file = file;
    }

    /** Empty when no suite was started, or the last one was stopped in order. */
    Optional<SuiteState> read() throws IOException {
        try {
            return Optional.of(json.readValue(Files.readAllBytes(file), SuiteState.class));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (JacksonException broken) {
            throw new IOException(file + " cannot be read (" + broken.getOriginalMessage()
                    + "); if no suite runs, delete it", broken);
        }
    }

    void write(SuiteState state) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        Files.write(next, json.writerWithDefaultPrettyPrinter().writeValueAsBytes(state));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    void delete() throws IOException {
        Files.deleteIfExists(file);
    }
}
