package io.barista.sources;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One holder per name, among the threads of this process and among all processes. A killed process holds nothing. */
final class CacheLock {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final Path folder;
    private final ConcurrentMap<String, ReentrantLock> inProcess = new ConcurrentHashMap<>();

    CacheLock(Path folder) {
        this.folder = folder;
    }

    /** A name that is held until it is closed, by the thread that took it. */
    record Held(ReentrantLock inProcess, FileChannel file) implements AutoCloseable {

        @Override
        public void close() throws IOException {
            try {
                file.close();
            } finally {
                inProcess.unlock();
            }
        }
    }

    /** Waits for the name; can be interrupted. */
    Held take(String name) throws IOException, InterruptedException {
        ReentrantLock mine = inProcess.computeIfAbsent(name, _ -> new ReentrantLock());
        mine.lockInterruptibly();
        try {
            FileChannel channel = open(name);
            try {
                while (!isLocked(channel)) {
                    Thread.sleep(LOOK_AGAIN);
                }
                return new Held(mine, channel);
            } catch (IOException | InterruptedException e) {
                channel.close();
                throw e;
            }
        } catch (IOException | InterruptedException e) {
            mine.unlock();
            throw e;
        }
    }

    /** Null when somebody has it. */
    @Nullable
    Held tryTake(String name) throws IOException {
        ReentrantLock mine = inProcess.computeIfAbsent(name, _ -> new ReentrantLock());
        if (mine.isHeldByCurrentThread() || !mine.tryLock()) {
            return null;
        }
        FileChannel channel = open(name);
        if (tryLock(channel) != null) {
            return new Held(mine, channel);
        }
        channel.close();
        mine.unlock();
        return null;
    }

    /** Waits for another process; another cache of this process must be asked again and again. */
    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            channel.lock();
            return true;
        } catch (OverlappingFileLockException anotherCacheOfThisProcess) {
            return false;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException anotherCacheOfThisProcess) {
            return null;
        }
    }

    private FileChannel open(String name) throws IOException {
        Files.createDirectories(folder);
        return FileChannel.open(folder.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }
}
