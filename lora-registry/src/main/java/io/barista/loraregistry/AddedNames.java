package io.barista.loraregistry;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The names that clients have given adapters while the suite runs. They stand here, and not in the replicas, so that a replica that starts
 * later knows them too; and on the disk, so that this service may be started again. Thread-safe.
 */
final class AddedNames {

    private static final TypeReference<TreeMap<String, TreeMap<String, String>>> SHAPE = new TypeReference<>() {};

    private final Path file;
    private final ReentrantLock lock = new ReentrantLock();
    private SortedMap<String, TreeMap<String, String>> adapters; // by base and name; guarded by lock

    /** @param file need not exist */
    AddedNames(Path file) throws IOException {
        this.file = file;
        this.adapters = Files.exists(file) ? JsonMapper.shared().readValue(file, SHAPE) : new TreeMap<>();
    }

    /** Which adapter a name stands for, if it was added. */
    Optional<String> find(String base, String name) {
        return Optional.ofNullable(of(base).get(name));
    }

    /** All of a base model, with what they stand for. */
    SortedMap<String, String> of(String base) {
        lock.lock();
        try {
            return new TreeMap<>(adapters.getOrDefault(base, new TreeMap<>()));
        } finally {
            lock.unlock();
        }
    }

    /**
     * From now on the name stands for the adapter.
     *
     * @param mayReplace whether it may have stood for something before
     * @return false when it has, and still does
     */
    boolean add(String base, String name, String adapter, boolean mayReplace) throws IOException {
        lock.lock();
        try {
            if (!mayReplace && find(base, name).isPresent()) {
                return false;
            }
            change(base, names -> names.put(name, adapter));
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** False when there is no such name. */
    boolean remove(String base, String name) throws IOException {
        lock.lock();
        try {
            if (find(base, name).isEmpty()) {
                return false;
            }
            change(base, names -> names.remove(name));
            return true;
        } finally {
            lock.unlock();
        }
    }

    private interface Change {

        void in(Map<String, String> names);
    }

    /** First on the disk, then in memory: what was answered for is not forgotten. */
    private void change(String base, Change change) throws IOException {
        SortedMap<String, TreeMap<String, String>> next = new TreeMap<>(adapters);
        TreeMap<String, String> names = new TreeMap<>(of(base));
        change.in(names);
        next.put(base, names);
        Path aside = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(aside, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer json = ByteBuffer.wrap(JsonMapper.shared().writeValueAsBytes(next));
            while (json.hasRemaining()) {
                channel.write(json);
            }
            channel.force(true);
        }
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        adapters = next;
    }
}
