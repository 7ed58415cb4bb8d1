package io.barista.loraregistry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddedNamesTest {

    @TempDir
    private Path folder;

    @Test
    void suitesThatShareAFolderDoNotUndoEachOthersNames() throws Exception {
        List<AddedNames> suites = List.of(names(), names());
        List<Future<Boolean>> added = new ArrayList<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int number = 0; number < 40; number++) {
                String name = "name-" + number;
                AddedNames suite = suites.get(number % 2);
                added.add(clients.submit(() -> suite.add(name, "pirate", false)));
            }
        }
        for (Future<Boolean> each : added) {
            assertThat(each.get()).isTrue();
        }
        assertThat(names().all()).hasSize(40);
        assertThat(suites.getFirst().add("name-1", "haiku", false)).as("the other suite's").isFalse();
        assertThat(suites.getFirst().remove("name-1")).isTrue();
        assertThat(names().all()).doesNotContainKey("name-1");
    }

    @Test
    void whatOneSuiteChangesTheOthersSeeWhenTheyAreNextAsked() throws IOException {
        AddedNames here = names();
        AddedNames there = names();
        assertThat(there.all()).isEmpty();

        here.add("corsair", "pirate", false);
        assertThat(there.all()).containsEntry("corsair", "pirate");
        here.add("corsair", "haiku!", true); // as long as before
        assertThat(there.all()).containsEntry("corsair", "haiku!");
        here.remove("corsair");
        assertThat(there.all()).isEmpty();
    }

    @Test
    void anotherRootOfTheSameModelHasNamesOfItsOwn() throws IOException {
        names().add("corsair", "pirate", false);

        assertThat(new AddedNames(folder, "demo", "s3://other").all()).isEmpty();
        assertThat(new AddedNames(folder, "other", "s3://bucket").all()).isEmpty();
        assertThat(names().all()).containsEntry("corsair", "pirate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"corsair\":", "null", "{\"corsair\":null}", "[]", ""})
    void whatCannotBeReadIsPutAside(String content) throws IOException {
        names().add("corsair", "pirate", false);
        Path file;
        try (Stream<Path> files = Files.list(folder)) {
            file = files.filter(Files::isRegularFile).findFirst().orElseThrow();
        }
        Files.writeString(file, content);

        AddedNames again = names();

        assertThat(again.all()).isEmpty();
        assertThat(file.resolveSibling(file.getFileName() + ".broken")).hasContent(content);
        assertThat(again.add("corsair", "haiku", false)).isTrue();
        assertThat(names().all()).containsEntry("corsair", "haiku");
    }

    private AddedNames names() {
        return new AddedNames(folder, "demo", "s3://bucket");
    }
}
