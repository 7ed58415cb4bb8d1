package io.barista.engine.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.engine.EngineException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdapterCacheTest {

    private final ScriptedSource source = new ScriptedSource();
    private AdapterCache cache = cache(2);

    @AfterEach
    void close() {
        cache.close();
    }

    private AdapterCache cache(int capacity) {
        return new AdapterCache(source, this::read, capacity, new AdapterCounters());
    }

    private Adapter read(String name, FetchedAdapter fetched) {
        if (name.equals(source.broken)) {
            throw EngineException.of(EngineException.Code.INVALID_ADAPTER, "it has no weights");
        }
        if (name.equals(source.tooLarge)) {
            throw new OutOfMemoryError("Java heap space");
        }
        return new Adapter(new AdapterId(name, fetched.version()), 8, 0, List.of());
    }

    @ParameterizedTest
    @CsvSource({"2, A B A C, A C", "2, A B C, B C", "1, A B A, A", "2, A A, A", "3, A B C A D, C A D",
        "2, A B B A C, A C"})
    void theLeastRecentlyUsedLeaves(int capacity, String asked, String left) {
        cache.close();
        cache = cache(capacity);
        for (String name : asked.split(" ")) {
            cache.prepare(name).join();
        }
        assertThat(cache.resident().stream().map(AdapterId::name)).containsExactly(left.split(" "));
        int distinct = (int) Arrays.stream(asked.split(" ")).distinct().count();
        assertThat(cache.counters().hostEvictions()).isEqualTo(source.fetches.get() - cache.resident().size())
                .isGreaterThanOrEqualTo(distinct - capacity);
    }

    @Test
    void loadsOnceHoweverManyAsk() {
        source.gate = new CountDownLatch(1);
        List<CompletableFuture<Adapter>> asked = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            asked.add(cache.prepare("A"));
        }
        source.gate.countDown();
        assertThat(asked.stream().map(CompletableFuture::join).distinct()).hasSize(1);
        assertThat(source.fetches).hasValue(1);
    }

    @Test
    void takesUpANewVersionAndDropsTheOld() {
        Adapter first = cache.prepare("A").join();
        source.versions.put("A", "2");
        Adapter second = cache.prepare("A").join();
        assertThat(second.id()).isEqualTo(new AdapterId("A", "2")).isNotEqualTo(first.id());
        assertThat(cache.resident()).containsExactly(second.id());
    }

    @Test
    void goesOnWithWhatItHasWhileTheSourceIsDown() {
        Adapter known = cache.prepare("A").join();
        source.isDown = true;
        assertThat(cache.prepare("A").join()).isSameAs(known);
        assertFails("B", EngineException.Code.UNAVAILABLE);
    }

    @Test
    void aBrokenAdapterConcernsNobodyElse() {
        source.broken = "B";
        assertThat(cache.prepare("A").join().id().name()).isEqualTo("A");
        assertFails("B", EngineException.Code.INVALID_ADAPTER);
        assertFails("nobody", EngineException.Code.ADAPTER_NOT_FOUND);
        source.broken = "none";
        assertThat(cache.prepare("B").join().id().name()).as("mended").isEqualTo("B");
        assertThat(source.released).hasValue(source.fetches.get());
    }

    @Test
    void anAdapterForWhichThereIsNoMemoryConcernsNobodyElse() {
        source.tooLarge = "B";
        assertFails("B", EngineException.Code.UNAVAILABLE);
        assertThat(cache.prepare("A").join().id().name()).isEqualTo("A");
        source.tooLarge = "none";
        assertThat(cache.prepare("B").join().id().name()).as("with room by now").isEqualTo("B");
        assertThat(source.released).hasValue(source.fetches.get());
    }

    @Test
    void anAdapterThatIsEvictedWhileItIsLoadedAnswersThoseWhoWaitAndIsKeptForNobodyElse() throws InterruptedException {
        source.gate = new CountDownLatch(1);
        CompletableFuture<Adapter> early = cache.prepare("A");
        source.awaitFetch();

        cache.evict("A");
        CompletableFuture<Adapter> late = cache.prepare("A");
        source.awaitFetch();
        source.gate.countDown();

        assertThat(early.join().id()).isEqualTo(late.join().id());
        assertThat(cache.resident()).containsExactly(late.join().id());
        assertThat(cache.prepare("A").join()).isSameAs(late.join());
        assertThat(source.released).as("files that are held by nobody").hasValue(2);
        cache.evict("A");
        assertThat(cache.resident()).isEmpty();
        assertThat(cache.prepare("A").join()).isNotSameAs(late.join());
        assertThat(source.fetches).hasValue(3);
    }

    @Test
    void aLoadThatFailsAfterItsAdapterWasEvictedLeavesTheNextOneAlone() throws InterruptedException {
        source.gate = new CountDownLatch(1);
        CompletableFuture<Adapter> early = cache.prepare("A");
        source.awaitFetch();
        cache.evict("A");
        CountDownLatch first = source.gate;
        source.gate = new CountDownLatch(1);
        CompletableFuture<Adapter> late = cache.prepare("A");
        source.awaitFetch();

        source.broken = "A";
        first.countDown();
        assertThatThrownBy(early::join).hasCauseInstanceOf(EngineException.class);
        source.broken = "none";
        CompletableFuture<Adapter> third = cache.prepare("A");
        source.gate.countDown();

        assertThat(third.join()).as("one load for both").isSameAs(late.join());
        assertThat(source.fetches).hasValue(2);
    }

    private void assertFails(String name, EngineException.Code code) {
        assertThatThrownBy(() -> cache.prepare(name).join()).isInstanceOf(CompletionException.class).cause()
                .isInstanceOfSatisfying(EngineException.class, error -> assertThat(error.code()).isEqualTo(code));
    }

    private static final class ScriptedSource implements AdapterSource {

        private final Map<String, String> versions = new ConcurrentHashMap<>(
                Map.of("A", "1", "B", "1", "C", "1", "D", "1"));
        private final AtomicInteger fetches = new AtomicInteger();
        private final AtomicInteger released = new AtomicInteger();
        private final Semaphore begun = new Semaphore(0);
        private volatile CountDownLatch gate = new CountDownLatch(0);
        private volatile boolean isDown;
        private volatile String broken = "none";
        private volatile String tooLarge = "none";

        private void awaitFetch() throws InterruptedException {
            assertThat(begun.tryAcquire(20, TimeUnit.SECONDS)).as("a fetch").isTrue();
        }

        @Override
        public List<String> names() {
            return versions.keySet().stream().sorted().toList();
        }

        @Override
        public String version(String name) {
            if (isDown) {
                throw EngineException.of(EngineException.Code.UNAVAILABLE, "nobody answers");
            }
            String version = versions.get(name);
            if (version == null) {
                throw EngineException.of(EngineException.Code.ADAPTER_NOT_FOUND, "there is no adapter %s", name);
            }
            return version;
        }

        @Override
        public FetchedAdapter fetch(String name) {
            String version = version(name);
            CountDownLatch here = gate;
            fetches.incrementAndGet();
            begun.release();
            try {
                here.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return new FetchedAdapter(version, MemorySegment.NULL, MemorySegment.NULL, released::incrementAndGet);
        }
    }
}
