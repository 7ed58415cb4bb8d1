package io.barista.sources;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/** A note of what an address held when it was last asked, for when it does not answer. */
record LastKnown(Path file) {

    static LastKnown of(Path root, String source, FileChoice choice) {
        return new LastKnown(root.resolve(".last").resolve(FolderVersion.shortHash(choice + " " + source)));
    }

    void remember(FolderVersion version) throws IOException {
        Files.createDirectories(file.getParent());
        Path aside = Files.createTempFile(file.getParent(), "new-", "");
        Files.write(aside, List.of(version.label(), version.hash()));
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    Optional<FolderVersion> find() throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(file);
        return lines.size() == 2 ? Optional.of(new FolderVersion(lines.get(0), lines.get(1))) : Optional.empty();
    }
}
