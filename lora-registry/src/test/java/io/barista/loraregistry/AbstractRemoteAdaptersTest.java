package io.barista.loraregistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import io.barista.config.LlmConfigs;
import io.barista.config.LocalFiles;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.sources.SourceException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Adapters of a source over HTTP that is slow, wrong, gone or down: nothing but whole and verified files is ever seen. */
abstract class AbstractRemoteAdaptersTest {

    private static final Path MODELS = Path.of(System.getProperty("barista.root"), "models");

    @TempDir
    Path folder;

    private RemoteFolder hub;
    private Registry registry;

    /** An empty one. */
    abstract RemoteFolder source() throws IOException;

    @BeforeEach
    void start() throws IOException {
        hub = source();
        upload("pirate", "pirate");
        registry = open(20);
        registry.refresh();
    }

    @AfterEach
    void stop() {
        registry.close();
        hub.close();
    }

    @Test
    void fetchesAnAdapterOnceForManyWhoAskAtOnce() throws Exception {
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Adapter>> answers = IntStream.range(0, 16)
                    .mapToObj(_ -> clients.submit(() -> registry.fetch("demo", "pirate"))).toList();
            for (Future<Adapter> answer : answers) {
                assertThat(answer.get().name()).isEqualTo("pirate");
            }
        }
        assertThat(hub.requests()).hasSize(2).doesNotHaveDuplicates();
        assertWhole("pirate");
    }

    @Test
    void getsOverAnswersThatBreakOff() throws Exception {
        AtomicInteger times = new AtomicInteger();
        hub.faults((exchange, wanted) -> {
            if (times.getAndIncrement() > 0) {
                return false;
            }
            exchange.sendResponseHeaders(206, wanted.length);
            exchange.getResponseBody().write(wanted, 0, wanted.length / 2);
            exchange.getResponseBody().flush();
            throw new IOException("the connection breaks");
        });

        registry.fetch("demo", "pirate");

        assertWhole("pirate");
    }

    @Test
    void getsOverAServerThatIsBusy() throws Exception {
        AtomicInteger times = new AtomicInteger();
        hub.faults((exchange, _) -> times.getAndIncrement() < 2 && sent(exchange, 503));

        registry.fetch("demo", "pirate");

        assertWhole("pirate");
    }

    @Test
    void neverShowsContentThatIsNotWhatWasListed() throws Exception {
        hub.faults((exchange, wanted) -> {
            byte[] wrong = wanted.clone();
            wrong[wrong.length / 2] ^= 1;
            exchange.sendResponseHeaders(206, wrong.length);
            exchange.getResponseBody().write(wrong);
            return true;
        });

        assertThat(failure().kind()).isEqualTo(SourceException.Kind.CORRUPT);

        assertThat(served()).isEmpty();
        hub.faults((_, _) -> false);
        registry.fetch("demo", "pirate");
        assertWhole("pirate");
    }

    @Test
    void endsADripAtTheTimeLimitAndGoesOnFromThere() throws Exception {
        registry.close();
        registry = open(1);
        registry.refresh();
        CountDownLatch over = new CountDownLatch(1);
        hub.faults((exchange, wanted) -> {
            exchange.sendResponseHeaders(206, wanted.length);
            exchange.getResponseBody().write(wanted, 0, 1);
            exchange.getResponseBody().flush();
            await(over);
            return true;
        });

        assertThat(failure().kind()).isEqualTo(SourceException.Kind.TIMED_OUT);

        over.countDown();
        assertThat(served()).isEmpty();
        hub.faults((_, _) -> false);
        registry.fetch("demo", "pirate");
        assertWhole("pirate");
    }

    @Test
    void anAdapterThatWasDeletedAtItsSourceIsGone() throws Exception {
        hub.delete("pirate/" + Adapter.WEIGHTS);
        hub.delete("pirate/" + Adapter.CONFIG);

        ApiException failure = catchThrowableOfType(ApiException.class, () -> registry.fetch("demo", "pirate"));

        assertThat(failure.code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND);
        assertThat(served()).isEmpty();
    }

    @Test
    void aNewUploadIsServedAndTheOldVersionStaysWithItsReaders() throws Exception {
        Adapter old = registry.fetch("demo", "pirate");
        try (AdapterStore.Lease reading = registry.lease(old)) {
            upload("haiku", "pirate");
            registry.refresh();

            Adapter now = registry.fetch("demo", "pirate");

            assertThat(now.version()).isNotEqualTo(old.version());
            assertThat(registry.crc32c(now, now.file(Adapter.WEIGHTS).orElseThrow()))
                    .hasValue(Hashes.crc32c(bytes("haiku", Adapter.WEIGHTS)));
            assertThat(Files.readAllBytes(reading.folder().resolve(Adapter.WEIGHTS)))
                    .isEqualTo(bytes("pirate", Adapter.WEIGHTS));
        }
    }

    @Test
    void aSourceThatIsDownLeavesWhatIsThereAlsoAfterARestart() throws Exception {
        registry.fetch("demo", "pirate");
        hub.isDown(true);
        registry.refresh();
        assertThat(registry.fetch("demo", "pirate").name()).isEqualTo("pirate");
        assertThat(registry.problems()).containsKey("demo");

        registry.close();
        hub.isDown(false);
        registry = open(20);
        registry.refresh();
        int before = hub.requests().size();
        registry.fetch("demo", "pirate");
        assertThat(hub.requests()).hasSize(before);
    }

    @Test
    void aRestartWhileTheSourceIsDownGoesOnWithWhatIsOnTheDisk() throws Exception {
        upload("haiku", "haiku");
        registry.refresh();
        registry.fetch("demo", "pirate");
        registry.close();
        hub.isDown(true);

        registry = open(20);
        registry.refresh();

        assertThat(registry.problems()).containsKey("demo");
        assertThat(registry.fetch("demo", "pirate").name()).isEqualTo("pirate");
        assertWhole("pirate");
        assertThat(catchThrowableOfType(SourceException.class, () -> registry.fetch("demo", "haiku")).kind())
                .as("not on the disk").isEqualTo(SourceException.Kind.UNREACHABLE);
        assertThat(catchThrowableOfType(SourceException.class, () -> registry.require("demo", "nobody")).kind())
                .as("not known, and nobody can be asked").isEqualTo(SourceException.Kind.UNREACHABLE);
    }

    @Test
    void tellsTheHashesOfWhatIsOnTheDiskAlsoAfterARestart() throws Exception {
        registry.fetch("demo", "pirate");
        registry.close();
        registry = open(20);
        registry.refresh();

        Adapter pirate = registry.require("demo", "pirate");
        registry.learn(pirate);

        assertThat(registry.crc32c(pirate, pirate.file(Adapter.WEIGHTS).orElseThrow()))
                .hasValue(Hashes.crc32c(bytes("pirate", Adapter.WEIGHTS)));
    }

    @Test
    void aProcessThatIsKilledInTheMiddleLeavesNothingToTheNext() throws Exception {
        CountDownLatch half = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        hub.faults((exchange, wanted) -> {
            exchange.sendResponseHeaders(206, wanted.length);
            exchange.getResponseBody().write(wanted, 0, wanted.length / 2);
            exchange.getResponseBody().flush();
            half.countDown();
            await(over);
            return true;
        });
        registry.close();
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dbarista.root=" + System.getProperty("barista.root"),
                "-cp", System.getProperty("java.class.path"), Fetching.class.getName(),
                folder.resolve("models.yaml").toString()).inheritIO().start();
        half.await();
        process.destroyForcibly().waitFor();
        over.countDown();
        hub.faults((_, _) -> false);

        registry = open(folder.resolve("models.yaml"));
        registry.refresh();

        assertThat(served()).isEmpty();
        assertThat(registry.has(registry.require("demo", "pirate"))).isFalse();
        registry.fetch("demo", "pirate");
        assertWhole("pirate");
    }

    /** What runs in the process that is killed. */
    static final class Fetching {

        private Fetching() {}

        public static void main(String[] arguments) throws IOException {
            Registry registry = open(Path.of(arguments[0]));
            registry.refresh();
            registry.fetch("demo", "pirate");
        }
    }

    @Test
    void anObjectThatDisappearsWhileItIsFetchedLeavesNothing() throws Exception {
        hub.faults((_, wanted) -> {
            if (wanted.length < 10_000) {
                return false; // the configuration's
            }
            hub.delete("pirate/" + Adapter.WEIGHTS);
            throw new IOException("the connection breaks");
        });

        assertThatThrownBy(() -> registry.fetch("demo", "pirate")).satisfiesAnyOf(
                gone -> assertThat(((ApiException) gone).code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND),
                gone -> assertThat(((SourceException) gone).kind()).isIn(SourceException.Kind.NOT_FOUND,
                        SourceException.Kind.CHANGED));

        assertThat(served()).isEmpty();
        hub.faults((_, _) -> false);
        upload("pirate", "pirate");
        registry.refresh();
        registry.fetch("demo", "pirate");
        assertWhole("pirate");
    }

    @Test
    void aFullDiskMakesRoomOfWhatWasUsedLongestAgo() throws Exception {
        upload("haiku", "haiku");
        registry.refresh();
        Adapter haiku = registry.fetch("demo", "haiku");
        fillDiskFor("pirate");

        registry.fetch("demo", "pirate");

        assertWhole("pirate");
        assertThat(registry.has(haiku)).isFalse();
        registry.remove(registry.require("demo", "pirate"));
        fillDiskFor("pirate");
        assertThat(failure().kind()).as("nothing is left to delete").isEqualTo(SourceException.Kind.DISK_FULL);
        assertThat(served()).isEmpty();
    }

    /** The next file that is written for this adapter meets a full disk. */
    private void fillDiskFor(String name) throws IOException {
        Path incoming = folder.resolve("cache/.incoming").resolve(registry.require("demo", name).version().label() + "."
                + registry.require("demo", name).version().hash());
        Files.createSymbolicLink(Files.createDirectories(incoming.resolve("files")).resolve(Adapter.WEIGHTS),
                Path.of("/dev/full"));
    }

    @Test
    void findsFiveThousandAdapters() {
        for (int number = 0; number < 5_000; number++) {
            hub.put("a-%04d/%s".formatted(number, Adapter.CONFIG), new byte[]{1});
            hub.put("a-%04d/%s".formatted(number, Adapter.WEIGHTS), new byte[]{2});
        }
        registry.refresh();

        assertThat(registry.base("demo").adapters()).hasSize(5_001).containsKey("a-4999");
    }

    private Registry open(double seconds) throws IOException {
        Path config = Files.writeString(folder.resolve("models.yaml"),
                """
                        model_loading_config: {model_id: demo, model_source: %s/barista-demo}
                        lora_config: {dynamic_lora_loading_path: "%s", download_timeout_s: %s, max_download_tries: 3}
                        runtime_env: {env_vars: %s}
                        """
                        .formatted(MODELS, hub.path(), seconds,
                                JsonMapper.shared().writeValueAsString(hub.variables())));
        return open(config);
    }

    /** @param config a file; the cache lies beside it */
    static Registry open(Path config) throws IOException {
        RegistryMetrics metrics = new RegistryMetrics(new SimpleMeterRegistry());
        Path folder = config.toAbsolutePath().getParent();
        Path cache = folder.resolve("cache");
        return new Registry(LlmConfigs.parse(new LocalFiles(folder), config.toString()), folder, cache,
                new AdapterStore(cache, Long.MAX_VALUE, 100, metrics), metrics, Long.MAX_VALUE);
    }

    private SourceException failure() {
        return catchThrowableOfType(SourceException.class, () -> registry.fetch("demo", "pirate"));
    }

    private void assertWhole(String name) throws IOException {
        try (AdapterStore.Lease lease = registry.lease(registry.require("demo", name))) {
            for (String file : List.of(Adapter.CONFIG, Adapter.WEIGHTS)) {
                assertThat(Files.readAllBytes(lease.folder().resolve(file))).isEqualTo(bytes(name, file));
            }
        }
    }

    /** Files where readers would find them. */
    private List<Path> served() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("cache"))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !folder.relativize(file).toString().startsWith("cache/."))
                    .filter(file -> Arrays.asList(Adapter.CONFIG, Adapter.WEIGHTS)
                            .contains(file.getFileName().toString()))
                    .toList();
        }
    }

    private void upload(String from, String name) throws IOException {
        for (String file : List.of(Adapter.CONFIG, Adapter.WEIGHTS)) {
            hub.put(name + "/" + file, bytes(from, file));
        }
    }

    private static byte[] bytes(String adapter, String file) throws IOException {
        return Files.readAllBytes(MODELS.resolve("adapters").resolve(adapter).resolve(file));
    }

    private static boolean sent(HttpExchange exchange, int status) throws IOException {
        exchange.sendResponseHeaders(status, -1);
        return true;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
