package io.barista.modelservice.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.barista.engine.lora.FetchedAdapter;
import io.barista.sources.DownloadLimits;
import io.barista.sources.DownloadListener;
import io.barista.sources.SourceException;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdapterDownloadTest {

    private static final Duration SILENCE = Duration.ofMillis(500);

    private FakeRegistry registry;
    private RegistryClient client;

    @BeforeEach
    void start() throws IOException {
        registry = new FakeRegistry();
        client = new RegistryClient(registry.uri(), "org/base", Optional.empty(), SILENCE);
    }

    @AfterEach
    void stop() {
        client.close();
        registry.close();
    }

    @Test
    void goesOnWhereABodyFellSilent() throws Exception {
        byte[] weights = new byte[100_000];
        registry.upload("pirate", weights);
        CountDownLatch over = new CountDownLatch(1);
        AtomicBoolean isSilentOnce = new AtomicBoolean(true);
        registry.faults((exchange, wanted) -> {
            if (wanted.length < 1000 || !isSilentOnce.getAndSet(false)) {
                return false;
            }
            exchange.sendResponseHeaders(206, wanted.length);
            exchange.getResponseBody().write(wanted, 0, 40_000);
            exchange.getResponseBody().flush();
            await(over);
            return true;
        });

        try (FetchedAdapter fetched = download(Duration.ofSeconds(20)).fetch(client.card("pirate"))) {
            assertThat(fetched.weights().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(weights);
        } finally {
            over.countDown();
        }
        assertThat(registry.log()).anyMatch(request -> request.endsWith("safetensors bytes=40000-"));
    }

    @Test
    void hasNoRoomForWhatNoMachineHas() throws Exception {
        registry.upload("pirate", new byte[1000]);
        AdapterCard card = client.card("pirate");
        AdapterCard absurd = new AdapterCard(card.name(), card.version(),
                List.of(new AdapterCard.FileCard(FetchedAdapter.CONFIG, 2),
                        new AdapterCard.FileCard(FetchedAdapter.WEIGHTS, 1L << 60)));

        assertThat(failure(download(Duration.ofSeconds(20)), absurd).kind()).isEqualTo(SourceException.Kind.DISK_FULL);
    }

    @Test
    void givesItsMemoryBackWhenItsTimeIsOver() throws Exception {
        registry.upload("pirate", new byte[32 << 20]);
        AdapterCard card = client.card("pirate");
        CountDownLatch over = new CountDownLatch(1);
        registry.faults((exchange, wanted) -> {
            if (wanted.length < 1000) {
                return false;
            }
            exchange.sendResponseHeaders(206, wanted.length);
            for (int at = 0; at < wanted.length && over.getCount() > 0; at += 1000) { // never silent, never done
                exchange.getResponseBody().write(wanted, at, 1000);
                exchange.getResponseBody().flush();
                sleep();
            }
            return true;
        });
        long before = direct().getTotalCapacity();

        SourceException failure = failure(download(Duration.ofSeconds(1)), card);

        over.countDown();
        assertThat(failure.kind()).isEqualTo(SourceException.Kind.TIMED_OUT);
        assertThat(direct().getTotalCapacity() - before).isLessThan(16 << 20);
    }

    private AdapterDownload download(Duration total) {
        DownloadLimits limits = new DownloadLimits(1, 1 << 20, 3, total, SILENCE, Duration.ofMillis(10));
        return new AdapterDownload(client, limits, DownloadListener.NONE, () -> 0.5);
    }

    private static SourceException failure(AdapterDownload download, AdapterCard card) {
        return catchThrowableOfType(SourceException.class, () -> download.fetch(card).close());
    }

    private static BufferPoolMXBean direct() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct")).findFirst().orElseThrow();
    }

    private static void sleep() {
        try {
            Thread.sleep(5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
