package io.barista.loraregistry;

import io.barista.sources.FolderVersion;
import io.barista.sources.Folders;
import io.barista.sources.SourceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The adapters on the disk, bounded by bytes and by number; the least recently used one that nobody reads makes room. What was
 * there before a restart is there after it. Thread-safe.
 */
final class AdapterStore {

    private static final Logger log = LoggerFactory.getLogger(AdapterStore.class);

    private final Path root;
    private final Path removed;
    private final long maxBytes;
    private final int maxAdapters;
    private final RegistryMetrics metrics;
    private final ReentrantLock lock = new ReentrantLock();
    /** Least recently used first. */
    private final LinkedHashMap<FolderVersion, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

    private static final class Entry {

        private final long bytes;
        private int readers;

        private Entry(long bytes) {
            this.bytes = bytes;
        }
    }

    /** An adapter that stays on the disk until this is closed. */
    final class Lease implements AutoCloseable {

        private final FolderVersion version;
        private final Path folder;

        private Lease(FolderVersion version, Path folder) {
            this.version = version;
            this.folder = folder;
        }

        Path folder() {
            return folder;
        }

        @Override
        public void close() {
            changing(() -> {
                Entry entry = entries.get(version);
                if (entry != null) {
                    entry.readers--;
                }
                evict(0, 0);
                return true;
            });
        }
    }

    AdapterStore(Path root, long maxBytes, int maxAdapters, RegistryMetrics metrics) throws IOException {
        this.root = root;
        this.removed = Files.createDirectories(root.resolve(".removed"));
        this.maxBytes = maxBytes;
        this.maxAdapters = maxAdapters;
        this.metrics = metrics;
        readWhatIsThere();
        metrics.bind(this);
    }

    /**
     * The adapter, on the disk until the lease is closed.
     *
     * @param fetch puts it there; asked when it is not there, and again after room was made on a full disk
     */
    Lease lease(Adapter adapter, Supplier<Path> fetch) {
        Optional<Lease> hit = leaseIfThere(adapter);
        metrics.asked(hit.isPresent());
        if (hit.isPresent()) {
            return hit.get();
        }
        FolderVersion version = adapter.version();
        changing(() -> {
            evict(adapter.bytes(), 1);
            return true;
        });
        Path folder = fetchMakingRoom(fetch);
        changing(() -> {
            entries.computeIfAbsent(version, _ -> new Entry(adapter.bytes())).readers++;
            evict(0, 0);
            return true;
        });
        return new Lease(version, folder);
    }

    /** Empty when the adapter would have to be fetched. */
    Optional<Lease> leaseIfThere(Adapter adapter) {
        FolderVersion version = adapter.version();
        boolean isThere = changing(() -> {
            Entry known = entries.get(version);
            if (known == null || !isOnDisk(version)) {
                return false;
            }
            known.readers++;
            return true;
        });
        if (!isThere) {
            return Optional.empty();
        }
        touch(place(version));
        return Optional.of(new Lease(version, place(version)));
    }

    boolean has(Adapter adapter) {
        return changing(() -> entries.containsKey(adapter.version()) && isOnDisk(adapter.version()));
    }

    /** Another process that shares the folder may have deleted what is known here. */
    private boolean isOnDisk(FolderVersion version) {
        return Files.exists(place(version));
    }

    /**
     * Deletes all versions of the adapter; false when one of them is being read.
     *
     * @throws SourceException DISK when one cannot be deleted
     */
    boolean remove(Adapter adapter) {
        return changing(() -> {
            List<FolderVersion> versions = entries.keySet().stream()
                    .filter(version -> version.label().equals(adapter.version().label())).toList();
            boolean isRead = versions.stream().anyMatch(version -> readersOf(version) > 0);
            if (!isRead && versions.stream().filter(this::tryDelete).count() < versions.size()) {
                throw new SourceException(SourceException.Kind.DISK, adapter.name() + " cannot be deleted");
            }
            return !isRead;
        });
    }

    long bytes() {
        return changing(() -> entries.values().stream().mapToLong(entry -> entry.bytes).sum());
    }

    int count() {
        return changing(entries::size);
    }

    private int readersOf(FolderVersion version) {
        return Optional.ofNullable(entries.get(version)).map(entry -> entry.readers).orElse(0);
    }

    private Path fetchMakingRoom(Supplier<Path> fetch) {
        while (true) {
            try {
                return fetch.get();
            } catch (SourceException e) {
                if (e.kind() != SourceException.Kind.DISK_FULL || !changing(this::evictOne)) {
                    throw e;
                }
            }
        }
    }

    /** Makes room for so many bytes and adapters more, as far as nobody reads what would go. */
    private void evict(long bytes, int adapters) {
        while (!entries.isEmpty()
                && (entries.values().stream().mapToLong(entry -> entry.bytes).sum() + bytes > maxBytes
                        || entries.size() + adapters > maxAdapters)) {
            if (!evictOne()) {
                return;
            }
        }
    }

    /** Whether there is more room now; what cannot be deleted is passed over. */
    private boolean evictOne() {
        List<FolderVersion> idle = entries.entrySet().stream().filter(entry -> entry.getValue().readers == 0)
                .map(Map.Entry::getKey).toList();
        boolean isDone = idle.stream().anyMatch(this::tryDelete);
        if (isDone) {
            metrics.evicted();
        }
        return isDone;
    }

    /** First out of sight: a process that is killed in between must not leave half an adapter to the next one. What stays where it is stays known. */
    private boolean tryDelete(FolderVersion version) {
        Path place = place(version);
        try {
            if (Files.exists(place)) { // else somebody who shares the folder was faster
                Files.move(place, removed.resolve(FolderVersion.shortHash(place.toString()) + "-" + System.nanoTime()),
                        StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            log.warn("{} cannot be deleted: {}", place, e.toString());
            return false;
        }
        entries.remove(version);
        try {
            Folders.clear(removed); // on a full disk the folder could not be made again
            Files.deleteIfExists(place.getParent());
        } catch (DirectoryNotEmptyException otherVersions) {
            // which keep it
        } catch (IOException | UncheckedIOException e) {
            log.warn("{} is not wholly deleted: {}", removed, e.toString()); // the next one tries again
        }
        return true;
    }

    private Path place(FolderVersion version) {
        return root.resolve(version.label()).resolve(version.hash());
    }

    private static void touch(Path folder) {
        try {
            Files.setLastModifiedTime(folder, FileTime.from(Instant.now()));
        } catch (IOException e) {
            log.debug("{} keeps its time", folder); // it only is older after a restart
        }
    }

    private void readWhatIsThere() throws IOException {
        Folders.clear(removed); // a process was killed while it deleted
        List<Path> versions;
        try (Stream<Path> found = Files.walk(root, 2)) {
            versions = found.filter(path -> root.relativize(path).getNameCount() == 2)
                    .filter(path -> root.relativize(path).toString().matches("[0-9a-f]{16}-[^/]+/[0-9a-f]{16}"))
                    .sorted(Comparator.comparing(path -> path.toFile().lastModified())).toList();
        }
        for (Path path : versions) {
            long bytes = 0;
            try (Stream<Path> files = Files.list(path)) {
                bytes = files.mapToLong(file -> file.toFile().length()).sum();
            }
            Path known = root.relativize(path);
            entries.put(new FolderVersion(known.getName(0).toString(), known.getName(1).toString()), new Entry(bytes));
        }
        evict(0, 0);
    }

    private <T> T changing(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }
}
