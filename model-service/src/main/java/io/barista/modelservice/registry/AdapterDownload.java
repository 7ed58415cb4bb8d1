package io.barista.modelservice.registry;

import io.barista.engine.EngineException;
import io.barista.engine.lora.FetchedAdapter;
import io.barista.modelservice.registry.RegistryClient.RegistryFaultException;
import io.barista.modelservice.registry.RegistryClient.VersionGoneException;
import io.barista.sources.Checksum;
import io.barista.sources.DownloadLimits;
import io.barista.sources.DownloadListener;
import io.barista.sources.SourceException;
import io.barista.sources.SourceException.Kind;
import io.barista.sources.download.Retries;
import io.barista.sources.download.TimeLimit;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * Adapters' way from the registry into memory: streamed, gone on with where a body broke off, within a time limit, and compared with the
 * registry's checksum before anyone sees them. No disk is in the way, since the registry has one. Thread-safe.
 */
final class AdapterDownload {

    private static final long DIGESTED_AT_ONCE = 1 << 30;

    private final RegistryClient client;
    private final DownloadLimits limits;
    private final DownloadListener listener;
    private final DoubleSupplier random;

    /** @param random uniform in [0, 1), for waits */
    AdapterDownload(RegistryClient client, DownloadLimits limits, DownloadListener listener, DoubleSupplier random) {
        this.client = client;
        this.limits = limits;
        this.listener = listener;
        this.random = random;
    }

    /**
     * The version that the card describes.
     *
     * @throws SourceException CHANGED when the registry has another one by now
     * @throws EngineException ADAPTER_NOT_FOUND, INVALID_ADAPTER
     */
    FetchedAdapter fetch(AdapterCard card) {
        String label = "adapter " + card.name();
        long began = System.nanoTime();
        long bytes = card.files().stream().mapToLong(AdapterCard.FileCard::bytes).sum();
        listener.started(label, card.files().size(), bytes, 0);
        Arena arena = Arena.ofShared(); // what comes is written by a thread that can be stopped
        boolean isComplete = false;
        try {
            FetchedAdapter fetched = TimeLimit.run(label, limits.total(),
                    () -> new FetchedAdapter(card.version(),
                            new OneFile(card, label, FetchedAdapter.CONFIG, arena).verified(),
                            new OneFile(card, label, FetchedAdapter.WEIGHTS, arena).verified(),
                            () -> closeOnce(arena)));
            isComplete = true;
            listener.finished(label, bytes, Duration.ofNanos(System.nanoTime() - began));
            return fetched;
        } catch (SourceException e) {
            listener.failed(label, e);
            throw e;
        } finally {
            if (!isComplete) {
                arena.close();
            }
        }
    }

    private static void closeOnce(Arena arena) {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    /** How far one file has come. Confined to its download's thread. */
    private final class OneFile {

        private final AdapterCard card;
        private final String label;
        private final String name;
        private final MemorySegment content;
        private long received;

        private OneFile(AdapterCard card, String label, String name, Arena arena) {
            this.card = card;
            this.label = label;
            this.name = name;
            this.content = room(arena, card.bytesOf(name));
        }

        private MemorySegment room(Arena arena, long bytes) {
            try {
                return arena.allocate(bytes, Long.BYTES);
            } catch (OutOfMemoryError e) {
                throw new SourceException(Kind.DISK_FULL,
                        "%s: there is no memory for %d bytes of %s".formatted(label, bytes, name), e);
            }
        }

        /** What comes corrupt is fetched again, as often as there are tries. */
        private MemorySegment verified() throws InterruptedException {
            Retries retries = new Retries(label, limits, listener, random);
            for (int attempt = 1;; attempt++) {
                String expected = retries.call(this::goOn);
                if (expected.equals(digest())) {
                    return content.asReadOnly();
                }
                SourceException corrupt = new SourceException(Kind.CORRUPT,
                        "%s: %s has another checksum than the registry says".formatted(label, name));
                if (attempt >= limits.tries()) {
                    throw corrupt;
                }
                listener.retrying(label, corrupt.getMessage(), Duration.ZERO);
                received = 0;
            }
        }

        private String goOn() throws IOException {
            if (received == content.byteSize()) { // all has come, but not what it must hash to
                received = 0;
            }
            String tag = "\"" + card.version() + "-" + name + "\"";
            try {
                return client.read(card.name(), name, tag, received, content.asSlice(received), this::heard);
            } catch (VersionGoneException e) {
                throw new SourceException(Kind.CHANGED, label + " was uploaded anew while it was read", e);
            } catch (RegistryFaultException e) {
                throw new SourceException(Kind.UNREACHABLE, String.valueOf(e.getMessage()), e);
            }
        }

        private void heard(long bytes) {
            received += bytes;
            listener.received(label, bytes);
        }

        private String digest() {
            Checksum.Digester digester = new Checksum(Checksum.Algorithm.CRC32C, "").digester(content.byteSize());
            for (long at = 0; at < content.byteSize(); at += DIGESTED_AT_ONCE) {
                digester.update(content
                        .asSlice(at, Math.min(DIGESTED_AT_ONCE, content.byteSize() - at)).asByteBuffer());
            }
            return digester.hex();
        }
    }
}
