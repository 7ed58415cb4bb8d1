package io.barista.sources;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** A source to which something happens before each part is read. */
record Interposed(FileSource source, Runnable beforeOpen) implements FileSource {

    @Override
    public String name() {
        return source.name();
    }

    @Override
    public List<RemoteFile> list() throws IOException, InterruptedException {
        return source.list();
    }

    @Override
    public Optional<Checksum> checksum(RemoteFile file) throws IOException, InterruptedException {
        return source.checksum(file);
    }

    @Override
    public InputStream open(RemoteFile file, long offset, long length) throws IOException, InterruptedException {
        beforeOpen.run();
        return source.open(file, offset, length);
    }

    @Override
    public void close() {
        source.close();
    }
}
