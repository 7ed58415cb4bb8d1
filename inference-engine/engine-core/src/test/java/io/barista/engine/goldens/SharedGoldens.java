package io.barista.engine.goldens;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reference data that belongs to others (chat templates and vocabularies of public models) and so is read where it lies,
 * beside the repository. Tests that want it are skipped, with a message, where it is absent.
 */
public final class SharedGoldens {

    private SharedGoldens() {}

    public static Path folder(String name) {
        Path folder = root().resolveSibling("shared").resolve("goldens").resolve(name);
        assumeTrue(Files.isDirectory(folder), () -> "skipped: no reference data at " + folder);
        return folder;
    }

    public static Path demoModel() {
        return root().resolve("models").resolve("barista-demo");
    }

    private static Path root() {
        return Path.of(System.getProperty("barista.root")).toAbsolutePath().normalize();
    }
}
