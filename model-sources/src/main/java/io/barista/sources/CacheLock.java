package io.barista.sources;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
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
final class CacheLock {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    /** Of a hole in the file: it takes no room. */
    private static final int LONGEST_MARK = 1 << 30;

    private final Path folder;
    private final ConcurrentMap<String, InProcess> inProcess = new ConcurrentHashMap<>();

    CacheLock(Path folder) {
        this.folder = folder;
    }

    /** @param users who hold it or wait for it */
    private record InProcess(ReentrantLock lock, int users) {

        private InProcess and(int more) {
            return new InProcess(lock, users + more);
        }
    }

    /** A name that is held until it is closed, by the thread that took it. */
    final class Held implements AutoCloseable {

        private final String name;
        private final ReentrantLock lock;
        private final FileChannel file;

        private Held(String name, ReentrantLock lock, FileChannel file) {
            this.name = name;
            this.lock = lock;
            this.file = file;
        }

        @Override
        public void close() throws IOException {
            try (file) {
                Files.deleteIfExists(folder.resolve(name));
            } finally {
                lock.unlock();
                leave(name);
            }
        }
    }

    /** Waits for the name; can be interrupted. */
    Held take(String name) throws IOException, InterruptedException {
        ReentrantLock mine = enter(name);
        boolean isTaken = false;
        try {
            mine.lockInterruptibly();
            try {
                FileChannel file = lockedFile(name);
                while (file == null) {
                    Thread.sleep(LOOK_AGAIN);
                    file = lockedFile(name);
                }
                isTaken = true;
                return new Held(name, mine, file);
            } finally {
                if (!isTaken) {
                    mine.unlock();
                }
            }
        } finally {
            if (!isTaken) {
                leave(name);
            }
        }
    }

    /** Null when somebody has it. */
    @Nullable
    Held tryTake(String name) throws IOException {
        ReentrantLock mine = enter(name);
        FileChannel file = null;
        try {
            if (!mine.isHeldByCurrentThread() && mine.tryLock()) {
                try {
                    file = lockedFile(name);
                } finally {
                    if (file == null) {
                        mine.unlock();
                    }
                }
            }
            return file == null ? null : new Held(name, mine, file);
        } finally {
            if (file == null) {
                leave(name);
            }
        }
    }

    private ReentrantLock enter(String name) {
        return Objects.requireNonNull(inProcess.compute(name,
                (_, known) -> known == null ? new InProcess(new ReentrantLock(), 1) : known.and(1))).lock();
    }

    private void leave(String name) {
        inProcess.computeIfPresent(name, (_, known) -> known.users() == 1 ? null : known.and(-1));
    }

    /** Null when another process, or another cache of this one, has it. */
    private @Nullable FileChannel lockedFile(String name) throws IOException {
        Files.createDirectories(folder);
        Path path = folder.resolve(name);
        FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean isMine = false;
        try {
            isMine = file.tryLock() != null && isStill(path, file);
            return isMine ? file : null;
        } catch (OverlappingFileLockException anotherCacheOfThisProcess) {
            return null;
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
