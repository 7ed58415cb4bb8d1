package io.barista.loraregistry;

import static org.assertj.core.api.Assertions.assertThat;
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

/** Adapters of a repository over HTTP that is slow, wrong, gone or down: nothing but whole and verified files is ever seen. */
class RemoteAdaptersTest {

    private static final Path MODELS = Path.of(System.getProperty("barista.root"), "models");

    @TempDir
    private Path folder;

    private FakeHub hub;
    private Registry registry;

    @BeforeEach
    void start() throws IOException {
        hub = new FakeHub();
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
            FakeHub.send(exchange, 206, wrong);
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
            assertThat(registry.sha256(now, now.file(Adapter.WEIGHTS).orElseThrow()))
                    .hasValue(FakeHub.sha256(bytes("haiku", Adapter.WEIGHTS)));
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
                        lora_config: {dynamic_lora_loading_path: "hf://org/adapters", download_timeout_s: %s, max_download_tries: 3}
                        runtime_env: {env_vars: {HF_ENDPOINT: "%s"}}
                        """
                        .formatted(MODELS, seconds, hub.address()));
        RegistryMetrics metrics = new RegistryMetrics(new SimpleMeterRegistry());
        Path cache = folder.resolve("cache");
        return new Registry(LlmConfigs.parse(new LocalFiles(folder), config.toString()), folder, cache,
                new AdapterStore(cache, Long.MAX_VALUE, 100, metrics), new AddedNames(folder.resolve("names.json")),
                metrics, Long.MAX_VALUE);
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
        FakeHub.send(exchange, status, new byte[0]);
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
