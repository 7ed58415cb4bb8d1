package io.barista.cli.up;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The lines of a file that others write to, as they come. */
final class FollowedFile implements AutoCloseable {

    private final RandomAccessFile file;
    private final ByteArrayOutputStream unfinished = new ByteArrayOutputStream();

    FollowedFile(Path path) throws IOException {
        this.file = new RandomAccessFile(path.toFile(), "r");
    }

    /** The complete lines since the last call; a file that became shorter is read from its start. */
    List<String> newLines() throws IOException {
        if (file.length() < file.getFilePointer()) {
            file.seek(0);
            unfinished.reset();
        }
        List<String> lines = new ArrayList<>();
        byte[] chunk = new byte[8192];
        for (int count = file.read(chunk); count > 0; count = file.read(chunk)) {
            for (int i = 0; i < count; i++) {
                if (chunk[i] == '\n') {
                    lines.add(unfinished.toString(StandardCharsets.UTF_8));
                    unfinished.reset();
                } else {
                    unfinished.write(chunk[i]);
                }
            }
        }
        return lines;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
