package io.barista.sources.download;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;

/**
 * Which parts of a file are on the disk, so that a download goes on where a killed process left it. A part is noted after its
 * bytes were forced out; a line that a crash cut short counts for nothing.
 */
final class PartLedger implements AutoCloseable {

    private final Path file;
    private final FileChannel channel;
    private final BitSet complete;

    private PartLedger(Path file, FileChannel channel, BitSet complete) {
        this.file = file;
        this.channel = channel;
        this.complete = complete;
    }

    /** @param heading of what is downloaded; a ledger with another one begins anew */
    static PartLedger open(Path file, String heading) throws IOException {
        Files.createDirectories(file.getParent());
        String text = Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
        BitSet complete = new BitSet();
        boolean continues = text.startsWith(heading + "\n");
        if (continues) {
            text.substring(0, text.lastIndexOf('\n')).lines().skip(1).filter(line -> line.matches("\\d{1,9}"))
                    .forEach(line -> complete.set(Integer.parseInt(line)));
        }
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (continues) {
            channel.truncate(text.lastIndexOf('\n') + 1L);
        } else {
            channel.truncate(0);
        }
        channel.position(channel.size());
        PartLedger ledger = new PartLedger(file, channel, complete);
        if (!continues) {
            ledger.write(heading);
        }
        return ledger;
    }

    synchronized boolean has(int part) {
        return complete.get(part);
    }

    synchronized void note(int part) throws IOException {
        write(String.valueOf(part));
        complete.set(part);
    }

    synchronized void clear() throws IOException {
        complete.clear();
        close();
        Files.deleteIfExists(file);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void write(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
