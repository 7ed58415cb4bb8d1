package io.barista.loraregistry;

import io.barista.sources.RemoteFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import org.springframework.core.io.AbstractResource;

/** A file of an adapter, to be streamed; the adapter stays on the disk while somebody reads. */
final class AdapterFile extends AbstractResource {

    private static final int BUFFER_BYTES = 1 << 16;

    private final Registry registry;
    private final Adapter adapter;
    private final RemoteFile file;

    AdapterFile(Registry registry, Adapter adapter, RemoteFile file) {
        this.registry = registry;
        this.adapter = adapter;
        this.file = file;
    }

    @Override
    public String getDescription() {
        return adapter.name() + "/" + file.path();
    }

    @Override
    public String getFilename() {
        return file.path();
    }

    @Override
    public boolean exists() {
        return true;
    }

    @Override
    public long contentLength() {
        return file.bytes();
    }

    @Override
    public InputStream getInputStream() throws IOException {
        AdapterStore.Lease lease = registry.lease(adapter);
        try {
            // Who copies it takes a few kilobytes at a time.
            return new BufferedInputStream(Files.newInputStream(lease.folder().resolve(file.path())), BUFFER_BYTES) {

                private boolean isClosed;

                @Override
                public void close() throws IOException {
                    if (!isClosed) {
                        isClosed = true;
                        try (lease) {
                            super.close();
                        }
                    }
                }
            };
        } catch (IOException e) {
            lease.close();
            throw e;
        }
    }
}
