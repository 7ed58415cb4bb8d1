package io.barista.sources;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheLockTest {

    @TempDir
    private Path folder;

    @TempDir
    private Path elsewhere;

    @Test
    void oneHoldsAndNothingIsLeftWhenNobodyDoes() throws Exception {
        List<CacheLock> caches = List.of(new CacheLock(folder), new CacheLock(folder));
        AtomicInteger holders = new AtomicInteger();
        List<Future<Integer>> most = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 40; i++) {
                CacheLock cache = caches.get(i % caches.size());
                most.add(threads.submit(() -> {
                    try (CacheLock.Held _ = cache.take("weights")) {
                        int now = holders.incrementAndGet();
                        Thread.sleep(1);
                        holders.decrementAndGet();
                        return now;
                    }
                }));
            }
        }
        for (Future<Integer> each : most) {
            assertThat(each.get()).isEqualTo(1);
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void anotherNameIsFreeWhileOneIsHeld() throws Exception {
        CacheLock cache = new CacheLock(folder);
        try (CacheLock.Held held = cache.take("weights")) {
            assertThat(new CacheLock(folder).tryTake("weights")).isNull();
            assertThat(cache.tryTake("weights")).as("by its own thread").isNull();
            try (CacheLock.Held other = cache.tryTake("tokenizer")) {
                assertThat(other).isNotNull();
            }
            assertThat(held).isNotNull();
        }
        try (CacheLock.Held again = cache.tryTake("weights")) {
            assertThat(again).isNotNull();
        }
    }

    @Test
    void otherProcessesAreKeptOutAlsoAfterAnotherCacheOfThisOneHasTried() throws Exception {
        Path sameFolder = Files.createSymbolicLink(elsewhere.resolve("link"), folder);
        try (CacheLock.Held _ = new CacheLock(folder).take("weights")) {
            assertThat(new CacheLock(sameFolder).tryTake("weights")).isNull();

            assertThat(anotherProcessTakes("weights")).isFalse();
        }
        assertThat(anotherProcessTakes("weights")).isTrue();
    }

    private boolean anotherProcessTakes(String name) throws Exception {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                Taking.class.getName(), folder.toString(), name).inheritIO().start();
        return process.waitFor() == 0;
    }

    /** The other process: its exit status is 0 when it has got the name, 3 when it has not. */
    static final class Taking {

        private Taking() {}

        public static void main(String[] arguments) throws Exception {
            CacheLock.Held held = new CacheLock(Path.of(arguments[0])).tryTake(arguments[1]);
            if (held == null) {
                System.exit(3);
            }
            held.close();
        }
    }
}
