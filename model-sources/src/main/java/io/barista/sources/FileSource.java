package io.barista.sources;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * The files below one address. Thread-safe; each call asks once and leaves trying again to its caller. Failures are
 * {@link SourceException}s; an {@code IOException} means that the connection broke.
 */
public interface FileSource extends AutoCloseable {

    /** The address, for logs and messages. */
    String name();

    /** All files below the address, however many pages that takes. */
    List<RemoteFile> list() throws IOException, InterruptedException;

    /** What the file's content hashes to, as far as the source knows; may ask it. */
    Optional<Checksum> checksum(RemoteFile file) throws IOException, InterruptedException;

    /**
     * A part of the very version that was listed, or {@link SourceException.Kind#CHANGED}.
     *
     * @param length at least 1
     */
    InputStream open(RemoteFile file, long offset, long length) throws IOException, InterruptedException;

    @Override
    void close();
}
