package io.barista.modelservice.registry;

import io.barista.engine.lora.FetchedAdapter;
import io.barista.sources.FolderVersion;
import io.barista.sources.SourceCache;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folders that the engine reads, by how many readers: the last one's leaving deletes a folder. Thread-safe. */
final class InUse {

    private static final Logger log = LoggerFactory.getLogger(InUse.class);

    private final SourceCache disk;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Integer> readers = new HashMap<>();

    /** Brings a version into a folder below the label. */
    interface Fetch {

        Path into(String label);
    }

    InUse(SourceCache disk) {
        this.disk = disk;
    }

    FetchedAdapter take(String name, String version, Fetch fetch) {
        String label = name + "-" + version;
        change(label, 1);
        try {
            Path folder = fetch.into(label);
            AtomicBoolean isReleased = new AtomicBoolean();
            return new FetchedAdapter(version, folder, () -> {
                if (isReleased.compareAndSet(false, true)) {
                    release(label, folder);
                }
            });
        } catch (RuntimeException e) {
            change(label, -1);
            throw e;
        }
    }

    private void release(String label, Path folder) {
        lock.lock();
        try {
            if (change(label, -1) == 0) {
                disk.remove(new FolderVersion(label, String.valueOf(folder.getFileName())));
            }
        } catch (IOException e) {
            log.warn("{} cannot be deleted: {}", folder, e.toString());
        } finally {
            lock.unlock();
        }
    }

    private int change(String label, int by) {
        lock.lock();
        try {
            int now = readers.getOrDefault(label, 0) + by;
            if (now == 0) {
                readers.remove(label);
            } else {
                readers.put(label, now);
            }
            return now;
        } finally {
            lock.unlock();
        }
    }
}
