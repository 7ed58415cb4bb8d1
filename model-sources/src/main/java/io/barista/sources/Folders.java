package io.barista.sources;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What the JDK lacks for folders. */
public final class Folders {

    private Folders() {}

    /** Deletes the folder with all it holds; one that is not there is fine. */
    public static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        clear(folder);
        Files.deleteIfExists(folder);
    }

    /** Deletes all that the folder holds, but not the folder. */
    public static void clear(Path folder) throws IOException {
        try (Stream<Path> content = Files.walk(folder)) {
            for (Path path : content.filter(path -> !path.equals(folder)).sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    /** Makes the names in a folder, and in those below, outlast a power cut. */
    static void force(Path folder) throws IOException {
        List<Path> folders;
        try (Stream<Path> content = Files.walk(folder)) {
            folders = content.filter(Files::isDirectory).toList();
        }
        for (Path each : folders) {
            try (FileChannel channel = FileChannel.open(each, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
