package io.barista.loraregistry;

import io.barista.sources.CacheLock;
import io.barista.sources.FolderVersion;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The names that clients have given one base model's adapters while the suite runs. They stand here, and not in the replicas, so that a replica
 * that starts later knows them too; and on the disk, so that this service may be started again. Several processes may share the folder: what one of them
 * changes the others see when they are next asked. Thread-safe.
 */
final class AddedNames {

    private static final Logger log = LoggerFactory.getLogger(AddedNames.class);
    private static final TypeReference<TreeMap<String, String>> SHAPE = new TypeReference<>() {};

    private final Path file;
    private final CacheLock locks;
    private volatile Known known;

    /**
     * @param adapters by name
     * @param stamp    of the file that they were read from
     */
    private record Known(SortedMap<String, String> adapters, Stamp stamp) {}

    /** Another one after every change: a changed file is another file under the same name. */
    private record Stamp(@Nullable Object key, @Nullable FileTime modified, long bytes) {

        private static final Stamp OF_NONE = new Stamp(null, null, 0);

        static Stamp of(Path file) throws IOException {
            try {
                BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
                return new Stamp(now.fileKey(), now.lastModifiedTime(), now.size());
            } catch (NoSuchFileException nobodyAddedAny) {
                return OF_NONE;
            }
        }
    }

    /**
     * @param folder of the names of all base models; need not exist
     * @param root   where the adapters are: below another one, the same names mean others
     */
    AddedNames(Path folder, String base, String root) {
        file = folder.resolve(FolderVersion.shortHash(base + "\n" + root) + ".json");
        locks = new CacheLock(folder.resolve(".locks"));
        known = new Known(new TreeMap<>(), Stamp.OF_NONE);
    }

    /** All, with what they stand for. Where the disk does not tell, as it told last. */
    SortedMap<String, String> all() {
        try {
            if (!Stamp.of(file).equals(known.stamp())) {
                change(UnaryOperator.identity());
            }
        } catch (IOException e) {
            log.warn("{} cannot be read, what others have changed there is not seen: {}", file, e.toString());
        }
        return Collections.unmodifiableSortedMap(known.adapters());
    }

    /**
     * From now on the name stands for the adapter.
     *
     * @param mayReplace whether it may have stood for something before
     * @return false when it has, and still does
     */
    boolean add(String name, String adapter, boolean mayReplace) throws IOException {
        return change(names -> {
            SortedMap<String, String> next = new TreeMap<>(names);
            return next.put(name, adapter) != null && !mayReplace ? names : next;
        });
    }

    /** False when there is no such name. */
    boolean remove(String name) throws IOException {
        return change(names -> {
            SortedMap<String, String> next = new TreeMap<>(names);
            return next.remove(name) == null ? names : next;
        });
    }

    /**
     * First on the disk, then in memory: what was answered for is not forgotten. What other processes have changed is read first.
     *
     * @param change gives back what it got when there is nothing to change
     */
    private boolean change(UnaryOperator<SortedMap<String, String>> change) throws IOException {
        try (CacheLock.Held _ = locks.take(file.getFileName().toString())) {
            SortedMap<String, String> found = read();
            SortedMap<String, String> next = change.apply(found);
            boolean isChanged = next != found;
            if (isChanged) {
                DurableFile.write(file, JsonMapper.shared().writeValueAsBytes(next));
            }
            known = new Known(next, Stamp.of(file));
            return isChanged;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    /** What nobody can read is put aside: names can be added again, and the service has to start. */
    private SortedMap<String, String> read() throws IOException {
        if (!Files.exists(file)) {
            return new TreeMap<>();
        }
        String reason;
        try {
            TreeMap<String, String> names = JsonMapper.shared().readValue(Files.readAllBytes(file), SHAPE);
            if (names != null && !names.containsValue(null)) {
                return names;
            }
            reason = "expected an object of names";
        } catch (JacksonException e) {
            reason = e.getOriginalMessage();
        }
        Path aside = file.resolveSibling(file.getFileName() + ".broken");
        Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        log.warn("{} holds no names ({}), and lies at {} now; those that were added must be added again", file, reason,
                aside);
        return new TreeMap<>();
    }
}
