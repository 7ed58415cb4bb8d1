package io.barista.engine.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** One model folder among the resources. */
record ModelResources(String name, List<String> files) {

    /** Copies it into {@code folder}/NAME, for a test may find it in a jar or want to break it. */
    Path unpackInto(Path folder) {
        try {
            Path target = folder.resolve(name);
            for (String file : files) {
                Path copy = target.resolve(file);
                Files.createDirectories(copy.getParent());
                try (InputStream source = open(file)) {
                    Files.copy(source, copy, StandardCopyOption.REPLACE_EXISTING);
                }
            }
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    InputStream open(String file) {
        InputStream source = ModelResources.class.getResourceAsStream("models/" + name + "/" + file);
        if (source == null) {
            throw new IllegalStateException("no resource models/" + name + "/" + file);
        }
        return source;
    }
}
