package io.barista.modelservice.registry;

import io.barista.sources.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder for what is worth nothing after this process. It goes with the process; one that was killed leaves it to the next that starts,
 * since a lock on the file beside it tells whether its owner lives.
 */
public final class ScratchFolder implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ScratchFolder.class);
    private static final String PREFIX = "barista-adapters-";
    private static final String OWNER = ".owner";

    /** The start belongs to it: in a container the process before had the same number. */
    private static final String PROCESS = ProcessHandle.current().pid() + "-"
            + ProcessHandle.current().info().startInstant().map(Instant::toEpochMilli).orElse(0L);

    private final Path folder;
    private final Path ownerFile;
    private final FileChannel owner;

    private ScratchFolder(Path folder, Path ownerFile, FileChannel owner) {
        this.folder = folder;
        this.ownerFile = ownerFile;
        this.owner = owner;
    }

    /** A new one in the folder for temporary files, where those of dead processes are deleted on this occasion. */
    public static ScratchFolder create() throws IOException {
        return in(Path.of(System.getProperty("java.io.tmpdir")));
    }

    static ScratchFolder in(Path parent) throws IOException {
        while (true) {
            String name = PREFIX + PROCESS + "-" + UUID.randomUUID();
            Path ownerFile = parent.resolve(name + OWNER);
            FileChannel owner = FileChannel.open(ownerFile,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ours(parent, "rw-------"));
            if (owner.tryLock() != null && Files.exists(ownerFile)) {
                Path folder = Files.createDirectory(parent.resolve(name), ours(parent, "rwx------"));
                sweep(parent, Files.getOwner(folder));
                return new ScratchFolder(folder, ownerFile, owner);
            }
            owner.close(); // another process that starts has swept it just before it was locked
        }
    }

    /** Adapters may be secret, and the folder for temporary files is everybody's. */
    private static FileAttribute<?>[] ours(Path parent, String permissions) {
        return parent.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[]{
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))}
                : new FileAttribute<?>[0];
    }

    Path path() {
        return folder;
    }

    @Override
    public void close() {
        try (owner) {
            Folders.delete(folder);
            Files.deleteIfExists(ownerFile);
        } catch (IOException | UncheckedIOException e) {
            log.warn("{} cannot be deleted: {}", folder, e.toString());
        }
    }

    private static void sweep(Path parent, UserPrincipal us) {
        try (DirectoryStream<Path> owners = Files.newDirectoryStream(parent, PREFIX + "*" + OWNER)) {
            for (Path file : owners) {
                try {
                    boolean isOfThisProcess = file.getFileName().toString().startsWith(PREFIX + PROCESS);
                    if (!isOfThisProcess && isFileOf(us, file)) { // closing that of this process would give its lock away
                        sweepUnowned(file);
                    }
                } catch (IOException | UncheckedIOException e) {
                    log.debug("{} stays: {}", file, e.toString());
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            log.warn("{} cannot be searched for what processes before have left: {}", parent, e.toString());
        }
    }

    /** Others may put anything there under such a name, and to open a pipe waits for its other end. */
    private static boolean isFileOf(UserPrincipal user, Path file) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).equals(user);
    }

    private static void sweepUnowned(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            if (channel.tryLock() != null) {
                String name = file.getFileName().toString();
                Folders.delete(file.resolveSibling(name.substring(0, name.length() - OWNER.length())));
                Files.deleteIfExists(file);
            }
        }
    }
}
