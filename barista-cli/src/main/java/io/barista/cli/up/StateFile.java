package io.barista.cli.up;

import io.barista.cli.CommandFailure;
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

    /**
     * Empty when no suite was started, or the last one was stopped in order.
     *
     * @throws CommandFailure when the file is not ours
     */
    Optional<SuiteState> read() throws IOException {
        try {
            return Optional.of(json.readValue(Files.readAllBytes(file), SuiteState.class));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (JacksonException broken) {
            throw CommandFailure.of("%s is not what this version writes (%s); if no suite runs here, delete it", file,
                    broken.getOriginalMessage());
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
