package io.barista.sources;

import io.barista.sources.download.DiskFailures;
import io.barista.sources.download.FolderDownload;
import io.barista.sources.download.Retries;
import io.barista.sources.download.TimeLimit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;

/**
 * Folders fetched from sources, on this machine's disk. A folder appears under its name only when each of its files has come,
 * was verified and forced out; several processes may share a cache, and what two of them want is fetched once. Thread-safe.
 *
 * <pre>
 * ROOT/LABEL/HASH/           the files of one version, complete
 * ROOT/.incoming/ID/files    what is on its way, ID = LABEL.HASH
 * ROOT/.incoming/ID/parts    which parts of it have come
 * ROOT/.locks/ID             held by the process that fetches it
 * ROOT/.last/ADDRESS         what an address held when it was last asked
 * </pre>
 */
public final class SourceCache {

    private static final System.Logger log = System.getLogger(SourceCache.class.getName());

    /** A download that broke off is continued until then; a full disk must not be full of such. */
    private static final Duration ABANDONED = Duration.ofDays(7);

    private final Path root;
    private final DownloadLimits limits;
    private final DownloadListener listener;
    private final DoubleSupplier random;
    private final CacheLock locks;

    /**
     * @param root   made when it does not exist
     * @param random uniform in [0, 1), for waits
     */
    public SourceCache(Path root, DownloadLimits limits, DownloadListener listener, DoubleSupplier random) {
        this.root = root.toAbsolutePath().normalize();
        this.limits = limits;
        this.listener = listener;
        this.random = random;
        this.locks = new CacheLock(this.root.resolve(".locks"));
    }

    /** {@code BARISTA_CACHE}, else {@code ~/.cache/barista}. */
    public static Path defaultRoot(SourceEnvironment environment) {
        return environment.find("BARISTA_CACHE").map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache", "barista"));
    }

    /**
     * The source's files as they are now. A source that cannot be reached is stood in for by what was last fetched from it.
     *
     * @throws SourceException when the files cannot be had
     */
    public Path fetch(FileSource source, FileChoice choice) {
        return TimeLimit.run(source.name(), limits.total(), () -> {
            LastKnown lastKnown = LastKnown.of(root, source.name(), choice);
            for (int attempt = 1;; attempt++) {
                try {
                    List<RemoteFile> files = choice.of(source.name(), retries(source).call(source::list));
                    FolderVersion version = FolderVersion.of(source.name(), files);
                    Path folder = fetched(source, files, version, _ -> {});
                    lastKnown.remember(version);
                    return folder;
                } catch (SourceException e) {
                    if (e.kind() == SourceException.Kind.UNREACHABLE) {
                        return standIn(source, lastKnown, e);
                    }
                    if (e.kind() != SourceException.Kind.CHANGED || attempt >= limits.tries()) {
                        throw e;
                    }
                    listener.retrying(source.name(), e.getMessage(), Duration.ZERO);
                }
            }
        });
    }

    /** All that the source has now, within the same limits. */
    public List<RemoteFile> list(FileSource source) {
        return TimeLimit.run(source.name(), limits.total(), () -> retries(source).call(source::list));
    }

    /**
     * These files of the source, in a folder of the label's own.
     *
     * @param label one path element that does not begin with a dot
     * @param check throws what speaks against the files before anyone sees them
     * @throws SourceException when the files cannot be had; CHANGED when they must be listed again
     */
    public Path fetch(FileSource source, String label, List<RemoteFile> files, Consumer<Path> check) {
        FolderVersion version = FolderVersion.labelled(label, files);
        return TimeLimit.run(source.name(), limits.total(), () -> fetched(source, files, version, check));
    }

    /** Where a version lies, or would. */
    public Path place(FolderVersion version) {
        return root.resolve(version.label()).resolve(version.hash());
    }

    private Path standIn(FileSource source, LastKnown lastKnown, SourceException reason) throws IOException {
        Path folder = lastKnown.find().map(this::place).filter(Files::isDirectory).orElseThrow(() -> reason);
        listener.usingLastKnown(source.name(), reason);
        return folder;
    }

    private Path fetched(FileSource source, List<RemoteFile> files, FolderVersion version, Consumer<Path> check)
            throws IOException, InterruptedException {
        Path place = place(version);
        if (Files.isDirectory(place)) {
            return place;
        }
        long began = System.nanoTime();
        try (CacheLock.Held _ = DiskFailures.told(source.name(), () -> locks.take(version.id()))) {
            if (!Files.isDirectory(place)) { // else whoever held the lock has fetched it
                clearOlder(version);
                download(source, files, version, check);
                listener.finished(source.name(), files.stream().mapToLong(RemoteFile::bytes).sum(),
                        Duration.ofNanos(System.nanoTime() - began));
            }
            return place;
        } catch (SourceException e) {
            listener.failed(source.name(), e);
            throw e;
        }
    }

    private void download(FileSource source, List<RemoteFile> files, FolderVersion version, Consumer<Path> check)
            throws IOException, InterruptedException {
        Path incoming = incoming().resolve(version.id());
        Path target = Files.createDirectories(incoming.resolve("files"));
        try {
            requireRoom(source, files, target);
            new FolderDownload(source, files, limits, listener, retries(source)).into(target,
                    incoming.resolve("parts"));
            check.accept(target);
        } catch (SourceException e) {
            if (!isWorthContinuing(e.kind())) {
                Folders.delete(incoming);
            }
            throw e;
        }
        Folders.force(target);
        moveInto(root.resolve(version.label()), version.hash(), target);
        Folders.delete(incoming);
    }

    /** Whoever deletes the last other version of the label at this moment deletes the label's folder, which is made again. */
    private void moveInto(Path versions, String hash, Path complete) throws IOException {
        for (boolean isThere = false; !isThere;) {
            Files.createDirectories(versions);
            try {
                Files.move(complete, versions.resolve(hash), StandardCopyOption.ATOMIC_MOVE);
                isThere = true;
            } catch (NoSuchFileException e) {
                if (!Files.exists(complete)) {
                    throw e;
                }
            }
        }
        Folders.force(versions);
    }

    /** Whether the parts that have come are of use to the next try; a full disk needs their room more. */
    private static boolean isWorthContinuing(SourceException.Kind kind) {
        return switch (kind) {
            case UNREACHABLE, TIMED_OUT, DENIED, REFUSED -> true;
            case ADDRESS, NOT_FOUND, CHANGED, CORRUPT, UNUSABLE, DISK_FULL, DISK -> false;
        };
    }

    /** What was left on its way when the source changed, and what nobody has gone on with for long. */
    private void clearOlder(FolderVersion version) throws IOException {
        if (!Files.isDirectory(incoming())) {
            return;
        }
        List<String> older;
        try (Stream<Path> ids = Files.list(incoming())) {
            older = ids.map(path -> path.getFileName().toString())
                    .filter(id -> version.isAnotherOfTheLabel(id) || !id.equals(version.id()) && isAbandoned(id))
                    .toList();
        }
        for (String id : older) {
            try (CacheLock.Held held = locks.tryTake(id)) {
                if (held != null) {
                    Folders.delete(incoming().resolve(id));
                }
            } catch (ClosedByInterruptException stopped) {
                throw stopped;
            } catch (IOException | UncheckedIOException e) { // another user's, say: no reason to fetch nothing any more
                log.log(System.Logger.Level.WARNING, "{0} was given up and cannot be deleted: {1}",
                        incoming().resolve(id), e);
            }
        }
    }

    private boolean isAbandoned(String id) {
        try (Stream<Path> files = Files.walk(incoming().resolve(id))) {
            Instant since = Instant.now().minus(ABANDONED);
            return files.allMatch(file -> Instant.ofEpochMilli(file.toFile().lastModified()).isBefore(since));
        } catch (IOException | UncheckedIOException e) { // somebody works on it
            return false;
        }
    }

    private Path incoming() {
        return root.resolve(".incoming");
    }

    private static void requireRoom(FileSource source, List<RemoteFile> files, Path target) throws IOException {
        long needed = 0;
        for (RemoteFile file : files) {
            Path present = target.resolve(file.path());
            needed += file.bytes() - (Files.exists(present) ? Math.min(file.bytes(), Files.size(present)) : 0);
        }
        long free = target.toFile().getUsableSpace(); // of a FileStore, it would take reading all mounts
        if (needed > free) {
            throw DiskFailures.tooSmall(source.name(), needed, free);
        }
    }

    private Retries retries(FileSource source) {
        return new Retries(source.name(), limits, listener, random);
    }
}
