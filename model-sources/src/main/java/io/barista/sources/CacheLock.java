package io.barista.sources;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One holder per name, among the threads of this process and among all processes. A killed process holds nothing; a name that nobody wants leaves nothing. */
public final class CacheLock {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    /** Of a hole in the file: it takes no room. */
    private static final int LONGEST_MARK = 1 << 30;

    /**
     * By file, for all locks of the process: the system gives a process's lock away as soon as the process closes any descriptor of the file,
     * so none may be opened a second time.
     */
    private static final ConcurrentMap<Path, InProcess> IN_PROCESS = new ConcurrentHashMap<>();

    private final Path folder;

    /** @param folder of its own; made when it does not exist */
    public CacheLock(Path folder) {
        this.folder = folder;
    }

    /** @param users who hold it or wait for it */
    private record InProcess(ReentrantLock lock, int users) {

        private InProcess and(int more) {
            return new InProcess(lock, users + more);
        }
    }

    /** A name that is held until it is closed, by the thread that took it. */
    public static final class Held implements AutoCloseable {

        private final Path path;
        private final ReentrantLock lock;
        private final FileChannel file;

        private Held(Path path, ReentrantLock lock, FileChannel file) {
            this.path = path;
            this.lock = lock;
            this.file = file;
        }

        @Override
        public void close() throws IOException {
            try (file) {
                Files.deleteIfExists(path);
            } finally {
                lock.unlock();
                leave(path);
            }
        }
    }

    /** Waits for the name, which the thread must not hold yet; can be interrupted. */
    public Held take(String name) throws IOException, InterruptedException {
        Path path = path(name);
        ReentrantLock mine = enter(path);
        boolean isTaken = false;
        try {
            if (mine.isHeldByCurrentThread()) {
                throw new IllegalStateException(name + " is held by this thread already");
            }
            mine.lockInterruptibly();
            try {
                FileChannel file = lockedFile(path);
                while (file == null) {
                    Thread.sleep(LOOK_AGAIN);
                    file = lockedFile(path);
                }
                isTaken = true;
                return new Held(path, mine, file);
            } finally {
                if (!isTaken) {
                    mine.unlock();
                }
            }
        } finally {
            if (!isTaken) {
                leave(path);
            }
        }
    }

    /** Null when somebody has it. */
    @Nullable
    Held tryTake(String name) throws IOException {
        Path path = path(name);
        ReentrantLock mine = enter(path);
        FileChannel file = null;
        try {
            if (!mine.isHeldByCurrentThread() && mine.tryLock()) {
                try {
                    file = lockedFile(path);
                } finally {
                    if (file == null) {
                        mine.unlock();
                    }
                }
            }
            return file == null ? null : new Held(path, mine, file);
        } finally {
            if (file == null) {
                leave(path);
            }
        }
    }

    /** However the folder was spelt. */
    private Path path(String name) throws IOException {
        return Files.createDirectories(folder).toRealPath().resolve(name);
    }

    private static ReentrantLock enter(Path path) {
        return Objects.requireNonNull(IN_PROCESS.compute(path,
                (_, known) -> known == null ? new InProcess(new ReentrantLock(), 1) : known.and(1))).lock();
    }

    private static void leave(Path path) {
        IN_PROCESS.computeIfPresent(path, (_, known) -> known.users() == 1 ? null : known.and(-1));
    }

    /** Null when another process has it. */
    private static @Nullable FileChannel lockedFile(Path path) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean isMine = false;
        try {
            isMine = file.tryLock() != null && isStill(path, file);
            return isMine ? file : null;
        } finally {
            if (!isMine) {
                file.close();
            }
        }
    }

    /**
     * Whoever had the lock before has deleted its file, and perhaps it is that one which has been opened and locked here. The path is not
     * opened again to find out: closing that would give the lock away.
     */
    private static boolean isStill(Path path, FileChannel file) throws IOException {
        int mark = ThreadLocalRandom.current().nextInt(1, LONGEST_MARK);
        file.truncate(0).write(ByteBuffer.allocate(1), mark - 1);
        try {
            return Files.size(path) == mark;
        } catch (NoSuchFileException deleted) {
            return false;
        }
    }
}
