package io.barista.loraregistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.sources.RemoteFile;
import io.barista.sources.SourceException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdapterStoreTest {

    private static final int BYTES = 100;

    @TempDir
    private Path root;

    private final List<String> fetched = new ArrayList<>();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            2 | A B A C     | A C   | A B C
            2 | A B C       | B C   | A B C
            2 | A A A       | A     | A
            2 | A B A C B   | B C   | A B C B
            1 | A B A       | A     | A B A
            3 | A B C A B D | A B D | A B C D
            """)
    void theLeastRecentlyUsedMakesRoom(int cap, String asked, String left, String downloads) throws IOException {
        AdapterStore store = store(Long.MAX_VALUE, cap);
        for (String name : asked.split(" ")) {
            use(store, name);
        }
        assertThat(onDisk()).containsExactlyInAnyOrder(left.split(" "));
        assertThat(fetched).containsExactly(downloads.split(" "));
    }

    @Test
    void bytesAreBoundedToo() throws IOException {
        AdapterStore store = store(2 * BYTES + 50, 100);
        for (String name : List.of("A", "B", "C", "D")) {
            use(store, name);
        }
        assertThat(onDisk()).containsExactlyInAnyOrder("C", "D");
        assertThat(store.bytes()).isEqualTo(2 * BYTES);
    }

    @Test
    void whatIsReadStaysUntilItsReaderIsDone() throws IOException {
        AdapterStore store = store(Long.MAX_VALUE, 1);
        try (AdapterStore.Lease reading = store.lease(adapter("A"), () -> fetch("A"))) {
            use(store, "B");
            assertThat(reading.folder()).exists();
            assertThat(store.remove(adapter("A"))).isFalse();
            assertThat(onDisk()).containsExactly("A");
        }
        use(store, "B");
        assertThat(onDisk()).containsExactly("B");
    }

    @Test
    void aRestartForgetsNothing() throws IOException {
        use(store(Long.MAX_VALUE, 5), "A");
        AdapterStore again = store(Long.MAX_VALUE, 5);
        use(again, "A");
        assertThat(fetched).containsExactly("A");
        assertThat(again.count()).isEqualTo(1);
    }

    @Test
    void aProcessThatWasKilledWhileItDeletedLeavesNoHalfAdapter() throws IOException {
        use(store(Long.MAX_VALUE, 5), "A");
        Path aside = Files.createDirectories(root.resolve(".removed/1/files"));
        Files.write(aside.resolve("f"), new byte[BYTES]);

        AdapterStore again = store(Long.MAX_VALUE, 5);

        assertThat(again.count()).isEqualTo(1);
        assertThat(root.resolve(".removed")).isEmptyDirectory();
        assertThat(onDisk()).containsExactly("A");
    }

    @Test
    void whatAnotherProcessThatSharesTheFolderHasDeletedIsFetchedAgain() throws IOException {
        AdapterStore store = store(Long.MAX_VALUE, 5);
        use(store, "A");
        assertThat(store(Long.MAX_VALUE, 5).remove(adapter("A"))).isTrue();

        assertThat(store.has(adapter("A"))).isFalse();
        try (AdapterStore.Lease again = store.lease(adapter("A"), () -> fetch("A"))) {
            assertThat(again.folder()).isNotEmptyDirectory();
            assertThat(store.remove(adapter("A"))).as("it is read").isFalse();
        }
        assertThat(store.count()).isEqualTo(1);
    }

    @Test
    void aFullDiskIsMadeRoomOnAsLongAsThereIsSomethingToDelete() throws IOException {
        AdapterStore store = store(Long.MAX_VALUE, 5);
        use(store, "A");
        use(store, "B");
        store.lease(adapter("C"), () -> {
            if (Files.exists(place("B"))) {
                throw new SourceException(SourceException.Kind.DISK_FULL, "full");
            }
            return fetch("C");
        }).close();
        assertThat(onDisk()).containsExactly("C");
        assertThatThrownBy(() -> store.lease(adapter("D"), () -> {
            throw new SourceException(SourceException.Kind.DISK_FULL, "full");
        })).hasMessage("full");
        assertThat(onDisk()).isEmpty();
    }

    @Test
    void whatCannotBeDeletedStaysKnownAndLeavesNothingOnceItCan() throws IOException {
        AdapterStore store = store(Long.MAX_VALUE, 5);
        use(store, "A");
        Files.delete(root.resolve(".removed"));
        Files.createFile(root.resolve(".removed")); // nothing can be put there

        assertThatThrownBy(() -> store.remove(adapter("A"))).hasMessage("A cannot be deleted");

        assertThat(store.has(adapter("A"))).as("its bytes are still there").isTrue();
        assertThat(store.bytes()).isEqualTo(BYTES);
        Files.delete(root.resolve(".removed"));
        Files.createDirectory(root.resolve(".removed"));
        store.remove(adapter("A"));
        assertThat(store.has(adapter("A"))).isFalse();
        assertThat(place("A").getParent()).as("the folder of all its versions").doesNotExist();
        assertThat(root.resolve(".removed")).isEmptyDirectory();
    }

    @Test
    void adaptersThatLookTheSameAtTheirSourceAreDifferentVersions() {
        assertThat(adapter("A").version().hash()).isNotEqualTo(adapter("B").version().hash());
    }

    private AdapterStore store(long bytes, int adapters) throws IOException {
        return new AdapterStore(root, bytes, adapters, new RegistryMetrics(new SimpleMeterRegistry()));
    }

    private void use(AdapterStore store, String name) {
        store.lease(adapter(name), () -> fetch(name)).close();
    }

    private static Adapter adapter(String name) {
        return new Adapter("base", name, List.of(new RemoteFile("f", BYTES, "v", "f", Optional.empty())));
    }

    private Path place(String name) {
        return root.resolve(adapter(name).version().label()).resolve(adapter(name).version().hash());
    }

    private Path fetch(String name) {
        fetched.add(name);
        try {
            Files.write(Files.createDirectories(place(name)).resolve("f"), new byte[BYTES]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return place(name);
    }

    private List<String> onDisk() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).map(file -> file.getParent().getParent().getFileName().toString())
                    .map(label -> label.substring(17)).toList();
        }
    }
}
