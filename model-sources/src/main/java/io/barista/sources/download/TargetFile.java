package io.barista.sources.download;

import io.barista.sources.Checksum;
import io.barista.sources.RemoteFile;
import io.barista.sources.SourceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** One file on its way to the disk, in parts of equal length. Parts are written by several threads. */
final class TargetFile implements AutoCloseable {

    private static final int VERIFY_BYTES = 1 << 20;

    /** A stretch that nobody has fetched yet. */
    record Part(TargetFile file, int number, long offset, long length) {}

    private final RemoteFile remote;
    private final FileChannel channel;
    private final PartLedger ledger;
    private final List<Part> missing = new ArrayList<>();
    private final AtomicInteger left;

    private TargetFile(RemoteFile remote, FileChannel channel, PartLedger ledger, long partBytes) {
        this.remote = remote;
        this.channel = channel;
        this.ledger = ledger;
        int number = 0;
        for (long offset = 0; offset < remote.bytes(); offset += partBytes, number++) {
            if (!ledger.has(number)) {
                missing.add(new Part(this, number, offset, Math.min(partBytes, remote.bytes() - offset)));
            }
        }
        this.left = new AtomicInteger(missing.size());
    }

    /**
     * @param files   where the content goes
     * @param ledgers where it is noted what has come; parts noted there are not missing
     */
    static TargetFile open(RemoteFile remote, Path files, Path ledgers, long partBytes)
            throws IOException {
        Path path = files.resolve(remote.path());
        Path note = ledgers.resolve(remote.path());
        Files.createDirectories(path.getParent());
        if (!Files.exists(path)) {
            Files.deleteIfExists(note);
        }
        PartLedger ledger = PartLedger.open(note, "%d %d".formatted(remote.bytes(), partBytes));
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
            if (channel.size() > remote.bytes()) {
                channel.truncate(remote.bytes());
            }
            return new TargetFile(remote, channel, ledger, partBytes);
        } catch (IOException e) {
            ledger.close();
            throw e;
        }
    }

    RemoteFile remote() {
        return remote;
    }

    List<Part> missing() {
        return missing;
    }

    long bytesPresent() {
        return remote.bytes() - missing.stream().mapToLong(Part::length).sum();
    }

    void write(ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    /** Makes a part last, and tells whether it was the file's last one. */
    boolean complete(Part part) throws IOException {
        channel.force(false);
        ledger.note(part.number());
        return left.decrementAndGet() == 0;
    }

    /** @throws SourceException CORRUPT; nothing of the file is kept then */
    void verify(String source, Checksum expected) throws IOException {
        Checksum.Digester digester = expected.digester(remote.bytes());
        ByteBuffer buffer = ByteBuffer.allocate(VERIFY_BYTES);
        for (long at = 0; at < remote.bytes(); at += buffer.limit()) {
            buffer.clear();
            if (channel.read(buffer, at) < 0) {
                throw new NoSuchFileException(remote.path(), null, "shorter than what was written");
            }
            digester.update(buffer.flip());
        }
        if (!digester.hex().equals(expected.hex())) {
            ledger.clear();
            channel.truncate(0);
            throw new SourceException(SourceException.Kind.CORRUPT,
                    "%s: %s has another %s than the source says; what came is thrown away".formatted(source,
                            remote.path(), expected.algorithm()));
        }
    }

    @Override
    public void close() throws IOException {
        try (ledger) {
            channel.close();
        }
    }
}
