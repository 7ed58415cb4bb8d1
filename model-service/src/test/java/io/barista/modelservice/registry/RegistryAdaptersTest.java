package io.barista.modelservice.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.barista.config.LoraConfig;
import io.barista.engine.EngineException;
import io.barista.engine.lora.FetchedAdapter;
import io.barista.sources.DownloadListener;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RegistryAdaptersTest {

    private FakeRegistry registry;
    private RegistryAdapters adapters;

    @BeforeEach
    void start() throws IOException {
        registry = new FakeRegistry();
        adapters = adapters(20.0, 3);
    }

    @AfterEach
    void stop() {
        adapters.close();
        registry.close();
    }

    @Test
    void bringsAVersionAsTheRegistryHasItAndLeavesNothingBehind() throws Exception {
        byte[] weights = bytes(1, 3_000_000);
        registry.upload("pirate", weights);

        FetchedAdapter fetched = adapters.fetch("pirate");

        assertThat(fetched.version()).isEqualTo(adapters.version("pirate"));
        assertThat(weightsOf(fetched)).isEqualTo(weights);
        assertThat(text(fetched.config())).isEqualTo("{}");
        fetched.close();
        fetched.close();
        assertThat(fetched.weights().scope().isAlive()).isFalse();
        assertThat(fetched.config().scope().isAlive()).isFalse();
    }

    @Test
    void asksOnceForEachFileOfAVersionThatIsKnown() throws Exception {
        registry.upload("pirate", bytes(1, 3_000_000));
        adapters.version("pirate");

        adapters.fetch("pirate").close();

        assertThat(registry.log()).containsExactly("/v1/adapters/org%2Fbase/pirate",
                "/v1/adapters/org%2Fbase/pirate/files/adapter_config.json bytes=0-",
                "/v1/adapters/org%2Fbase/pirate/files/adapter_model.safetensors bytes=0-");
    }

    @Test
    void aNewUploadIsANewVersionUnderTheSameName() throws Exception {
        registry.upload("pirate", bytes(1, 1000));
        try (FetchedAdapter old = adapters.fetch("pirate")) {
            registry.upload("pirate", bytes(2, 2000));

            try (FetchedAdapter fetched = adapters.fetch("pirate")) {
                assertThat(fetched.version()).isNotEqualTo(old.version()).isEqualTo(adapters.version("pirate"));
                assertThat(weightsOf(fetched)).isEqualTo(bytes(2, 2000));
            }
            assertThat(weightsOf(old)).isEqualTo(bytes(1, 1000));
        }
    }

    @Test
    void anUploadInTheMiddleOfADownloadMixesNothing() throws Exception {
        registry.upload("pirate", bytes(1, 1000));
        registry.faults((_, wanted) -> {
            if (wanted.length == 2) { // its configuration
                registry.upload("pirate", bytes(2, 1001));
            }
            return false;
        });

        try (FetchedAdapter fetched = adapters.fetch("pirate")) {
            assertThat(weightsOf(fetched)).isEqualTo(bytes(2, 1001));
        }
    }

    @Test
    void goesOnWhereABodyBrokeOff() throws Exception {
        byte[] weights = bytes(1, 100_000);
        registry.upload("pirate", weights);
        AtomicInteger times = new AtomicInteger();
        registry.faults((exchange, wanted) -> {
            if (wanted.length < 1000 || times.getAndIncrement() > 0) {
                return false;
            }
            exchange.sendResponseHeaders(206, wanted.length);
            exchange.getResponseBody().write(Arrays.copyOf(wanted, 40_000));
            exchange.getResponseBody().flush();
            throw new IOException("the connection breaks");
        });

        try (FetchedAdapter fetched = adapters.fetch("pirate")) {
            assertThat(weightsOf(fetched)).isEqualTo(weights);
        }
        assertThat(registry.log()).anyMatch(request -> request.matches(".*safetensors bytes=[1-9]\\d*-"));
    }

    @Test
    void triesAgainAsOftenAsConfiguredAndThenSaysThatItIsNotThereNow() {
        registry.upload("pirate", bytes(1, 1000));
        AtomicInteger times = new AtomicInteger();
        registry.faults((exchange, wanted) -> {
            if (wanted.length == 1000) {
                times.incrementAndGet();
                FakeRegistry.error(exchange, 502, "The adapter's source does not give it; the log says why.");
                return true;
            }
            return false;
        });

        EngineException failure = failure(() -> adapters.fetch("pirate").close());

        assertThat(failure.code()).isEqualTo(EngineException.Code.UNAVAILABLE);
        assertThat(failure).hasMessage(
                "The adapter `pirate` cannot be loaded: the LoRA registry does not give it now. Try again later.");
        assertThat(times.get()).isEqualTo(3);
    }

    @Test
    void endsASlowDownloadWhenItsTimeIsOver() throws Exception {
        adapters.close();
        adapters = adapters(1.0, 3);
        registry.upload("pirate", bytes(1, 1000));
        CountDownLatch over = new CountDownLatch(1);
        registry.faults((exchange, wanted) -> {
            exchange.sendResponseHeaders(206, wanted.length);
            exchange.getResponseBody().write(wanted, 0, 1);
            exchange.getResponseBody().flush();
            await(over);
            return true;
        });

        EngineException failure = failure(() -> adapters.fetch("pirate").close());

        over.countDown();
        assertThat(failure.code()).isEqualTo(EngineException.Code.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("download_timeout_s");
    }

    @Test
    void takesALimitThatIsLongerThanTime() {
        adapters.close();
        adapters = adapters(Double.POSITIVE_INFINITY, 1);
        registry.upload("pirate", bytes(1, 1000));

        try (FetchedAdapter fetched = adapters.fetch("pirate")) {
            assertThat(weightsOf(fetched)).isEqualTo(bytes(1, 1000));
        }
    }

    @Test
    void neverShowsWhatHasAnotherChecksum() throws Exception {
        registry.upload("pirate", bytes(1, 1000));
        registry.liesAbout(FakeRegistry.WEIGHTS);

        EngineException failure = failure(() -> adapters.fetch("pirate").close());

        assertThat(failure.code()).isEqualTo(EngineException.Code.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("not what the registry has");
        assertThat(registry.log().stream().filter(request -> request.contains("safetensors")))
                .as("as often as there are tries, each time from the start").hasSize(3)
                .allMatch(request -> request.endsWith(" bytes=0-"));
    }

    @Test
    void asksAgainForAFileThatCameWithoutAChecksum() {
        registry.upload("pirate", bytes(1, 1000));
        registry.withholdsChecksums(2);

        try (FetchedAdapter fetched = adapters.fetch("pirate")) {
            assertThat(weightsOf(fetched)).isEqualTo(bytes(1, 1000));
        }
        registry.upload("haiku", bytes(2, 1000));
        registry.withholdsChecksums(Integer.MAX_VALUE);
        assertThat(failure(() -> adapters.fetch("haiku").close()).code())
                .isEqualTo(EngineException.Code.UNAVAILABLE);
    }

    @Test
    void refusesAPartThatIsNotTheOneThatWasAskedFor() {
        registry.upload("pirate", bytes(1, 1000));
        registry.faults((exchange, wanted) -> {
            if (wanted.length == 1000) {
                exchange.getResponseHeaders().set("Content-Range", "bytes 1-999/1000");
            }
            return false;
        });

        assertThat(failure(() -> adapters.fetch("pirate").close()).code()).isEqualTo(EngineException.Code.UNAVAILABLE);
    }

    @Test
    void refusesMoreThanTheRegistryHasPromised() {
        registry.upload("pirate", bytes(1, 1000));
        registry.faults((exchange, wanted) -> {
            FakeRegistry.send(exchange, 206, Arrays.copyOf(wanted, wanted.length + 1));
            return true;
        });

        assertThat(failure(() -> adapters.fetch("pirate").close()).code()).isEqualTo(EngineException.Code.UNAVAILABLE);
    }

    @Test
    void tellsWhatTheRegistrySaysOfABrokenAdapter() {
        registry.uploadBroken("torn", "q_proj: its data is not all there");

        EngineException failure = failure(() -> adapters.fetch("torn").close());

        assertThat(failure.code()).isEqualTo(EngineException.Code.INVALID_ADAPTER);
        assertThat(failure).hasMessage("The adapter cannot be used: q_proj: its data is not all there");
    }

    @Test
    void knowsWhatIsThereAndWhatIsNot() {
        registry.upload("pirate", bytes(1, 10));

        assertThat(adapters.names()).containsExactly("pirate");
        assertThat(failure(() -> adapters.version("none")).code())
                .isEqualTo(EngineException.Code.ADAPTER_NOT_FOUND);
        registry.upload("none", bytes(2, 10));
        assertThat(adapters.version("none")).isNotEmpty();
    }

    @Test
    void makesNoRouteOutOfAName() {
        registry.upload("pirate", bytes(1, 10));

        for (String name : List.of("../pirate", "pirate/files/x", "..", "a?b", "a b", "\u00e9")) {
            assertThat(failure(() -> adapters.version(name)).code()).as(name)
                    .isEqualTo(EngineException.Code.ADAPTER_NOT_FOUND);
        }
        assertThat(registry.log()).isEmpty();
    }

    @Test
    void listsThousandsInPages() {
        for (int number = 0; number < 5_000; number++) {
            registry.upload("a-%04d".formatted(number), new byte[1]);
        }

        assertThat(adapters.names()).hasSize(5_000).endsWith("a-4999");
        assertThat(registry.log()).hasSize(5);
    }

    @Test
    void asksOnceForManyRequestsOfAMoment() {
        registry.upload("pirate", bytes(1, 10));

        for (int i = 0; i < 1_000; i++) {
            adapters.version("pirate");
        }

        assertThat(registry.log()).hasSizeLessThan(100);
    }

    @Test
    void troubleWithOneNameIsNoneForOthers() {
        registry.upload("pirate", bytes(1, 10));
        registry.failsAbout("slow");

        assertThat(failure(() -> adapters.version("slow")).code()).isEqualTo(EngineException.Code.UNAVAILABLE);

        assertThat(adapters.version("pirate")).isNotEmpty();
    }

    @Test
    void waitsForARegistryThatStartsAfterIt() throws Exception {
        int port = registry.uri().getPort();
        registry.close();
        CompletableFuture<String> version = CompletableFuture.supplyAsync(() -> adapters.version("pirate"));
        Thread.sleep(300);

        registry = new FakeRegistry(port);
        registry.upload("pirate", bytes(1, 10));

        assertThat(version.handle((found, failure) -> failure == null || isUnknown(failure)).get(20, TimeUnit.SECONDS))
                .isTrue();
        assertThat(adapters.version("pirate")).isNotEmpty();
    }

    /** The server listens a moment before the adapter is there. */
    private static boolean isUnknown(Throwable failure) {
        return failure.getCause() instanceof EngineException known
                && known.code() == EngineException.Code.ADAPTER_NOT_FOUND;
    }

    @Test
    void whileTheRegistryIsDownListsWhatItKnewAndSaysSo() {
        registry.upload("pirate", bytes(1, 10));
        assertThat(adapters.names()).containsExactly("pirate");
        registry.close();

        assertThat(adapters.names()).containsExactly("pirate");
        EngineException failure = failure(() -> adapters.version("pirate"));
        assertThat(failure.code()).isEqualTo(EngineException.Code.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("registry does not answer").hasMessageNotContaining("127.0.0.1");
        assertThat(failure.param()).as("what tells it from a replica that is unavailable").isEqualTo("model");
    }

    @Test
    void takesAnAddressThatEndsInASlash() {
        registry.upload("pirate", bytes(1, 10));

        try (RegistryAdapters slashed = new RegistryAdapters(URI.create(registry.uri() + "/"), "org/base",
                Optional.empty(),
                new LoraConfig("s3://secret-bucket/adapters", 4, 20.0, 3), DownloadListener.NONE)) {
            assertThat(slashed.version("pirate")).isEqualTo(adapters.version("pirate"));
        }
    }

    private RegistryAdapters adapters(@Nullable Double seconds, int tries) {
        return new RegistryAdapters(registry.uri(), "org/base", Optional.of("sesame"),
                new LoraConfig("s3://secret-bucket/adapters", 4, seconds, tries), new DownloadListener() {});
    }

    private static EngineException failure(Runnable work) {
        return catchThrowableOfType(EngineException.class, work::run);
    }

    private static byte[] weightsOf(FetchedAdapter adapter) {
        return adapter.weights().toArray(ValueLayout.JAVA_BYTE);
    }

    private static String text(MemorySegment segment) {
        return new String(segment.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
