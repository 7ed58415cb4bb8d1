package io.barista.engine.lora;

import io.barista.engine.EngineException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Adapters in the host's memory, the least recently used leaving first. Loads each version once however many ask, off the threads of
 * those who ask, and keeps of a name only the newest version. What is evicted is free as soon as no request holds it. Thread-safe.
 */
public final class AdapterCache implements AutoCloseable {

    /** Each holds an adapter twice for a moment, as files' bytes and as tensors. */
    private static final int LOADS_AT_ONCE = 4;

    private final AdapterSource source;
    private final BiFunction<String, FetchedAdapter, Adapter> reader;
    private final int capacity;
    private final AdapterCounters counters;
    private final ExecutorService loaders = Executors
            .newThreadPerTaskExecutor(Thread.ofVirtual().name("adapter-load-", 0).factory());
    private final Semaphore turns = new Semaphore(LOADS_AT_ONCE, true);

    private final ReentrantLock lock = new ReentrantLock();
    private final SequencedMap<String, Adapter> cached = new LinkedHashMap<>(16, 0.75f, true); // guarded by lock, by last use
    private final Map<AdapterId, CompletableFuture<Adapter>> loading = new HashMap<>(); // guarded by lock

    /**
     * @param reader   by name, {@link AdapterReader#read}
     * @param capacity adapters kept, at least 1
     */
    public AdapterCache(AdapterSource source, BiFunction<String, FetchedAdapter, Adapter> reader, int capacity,
            AdapterCounters counters) {
        this.source = source;
        this.reader = reader;
        this.capacity = capacity;
        this.counters = counters;
    }

    /**
     * The adapter in the version that is current now. Ends exceptionally with an {@link EngineException}: ADAPTER_NOT_FOUND,
     * INVALID_ADAPTER with what is wrong with it, or UNAVAILABLE, also when there is no memory for it.
     */
    public CompletableFuture<Adapter> prepare(String name) {
        CompletableFuture<Adapter> prepared = new CompletableFuture<>();
        try {
            loaders.execute(() -> prepare(name, prepared));
        } catch (RejectedExecutionException e) {
            prepared.completeExceptionally(
                    EngineException.of(EngineException.Code.UNAVAILABLE, "the engine is shut down"));
        }
        return prepared;
    }

    private void prepare(String name, CompletableFuture<Adapter> prepared) {
        try {
            prepared.complete(current(name));
        } catch (CompletionException e) { // of the one whose load this has waited for
            prepared.completeExceptionally(e.getCause());
        } catch (RuntimeException | Error e) {
            prepared.completeExceptionally(e);
        }
    }

    private Adapter current(String name) {
        String version;
        try {
            version = source.version(name);
        } catch (EngineException e) {
            Adapter known = e.code() == EngineException.Code.UNAVAILABLE ? find(name) : null;
            if (known == null) {
                throw e;
            }
            return known;
        }
        return current(new AdapterId(name, version));
    }

    private Adapter current(AdapterId id) {
        CompletableFuture<Adapter> mine = new CompletableFuture<>();
        CompletableFuture<Adapter> others;
        lock.lock();
        try {
            Adapter known = cached.get(id.name());
            if (known != null && known.id().equals(id)) {
                return known;
            }
            others = loading.putIfAbsent(id, mine);
        } finally {
            lock.unlock();
        }
        counters.demand().await(id.name());
        try {
            return others == null ? load(id, mine) : others.join();
        } finally {
            counters.demand().waited(id.name());
        }
    }

    private Adapter load(AdapterId id, CompletableFuture<Adapter> mine) {
        try {
            Adapter adapter = read(id.name());
            keep(adapter, id, mine);
            mine.complete(adapter);
            return adapter;
        } catch (RuntimeException | Error e) {
            counters.failed();
            forget(id, mine);
            mine.completeExceptionally(e);
            throw e;
        }
    }

    private Adapter read(String name) {
        turns.acquireUninterruptibly();
        try {
            long started = System.nanoTime();
            try (FetchedAdapter fetched = source.fetch(name)) {
                Adapter adapter = reader.apply(name, fetched);
                counters.loaded(System.nanoTime() - started);
                return adapter;
            }
        } catch (OutOfMemoryError e) { // of one large array: others' small ones are still to be had
            throw new EngineException(EngineException.Code.UNAVAILABLE,
                    "adapter %s: there is no room for it in the Java heap of %d MB; give it more (-Xmx), or keep fewer adapters in the host's memory (max_cpu_loras)"
                            .formatted(name, Runtime.getRuntime().maxMemory() >> 20),
                    "model", e);
        } finally {
            turns.release();
        }
    }

    /** Not where it was evicted meanwhile: it is theirs who wait for it, and nobody's after them. */
    private void keep(Adapter adapter, AdapterId asked, CompletableFuture<Adapter> load) {
        lock.lock();
        try {
            if (!loading.remove(asked, load)) {
                return;
            }
            cached.put(adapter.id().name(), adapter);
            while (cached.size() > capacity) {
                cached.pollFirstEntry();
                counters.evictedFromHost();
            }
        } finally {
            lock.unlock();
        }
    }

    private void forget(AdapterId id, CompletableFuture<Adapter> load) {
        lock.lock();
        try {
            loading.remove(id, load);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Adapter find(String name) {
        lock.lock();
        try {
            return cached.get(name);
        } finally {
            lock.unlock();
        }
    }

    /** Names that requests may use now. @throws EngineException UNAVAILABLE */
    public List<String> names() {
        return source.names();
    }

    /** Whether a request for it would find it, broken or not. @throws EngineException UNAVAILABLE */
    public boolean has(String name) {
        try {
            source.version(name);
            return true;
        } catch (EngineException e) {
            return switch (e.code()) {
                case ADAPTER_NOT_FOUND -> false;
                case INVALID_ADAPTER -> true;
                default -> {
                    if (find(name) == null) {
                        throw e;
                    }
                    yield true;
                }
            };
        }
    }

    /** Forgets an adapter, whose name may mean something else from now on; one that is being loaded will not be kept. */
    public void evict(String name) {
        lock.lock();
        try {
            loading.keySet().removeIf(id -> id.name().equals(name));
            if (cached.remove(name) != null) {
                counters.evictedFromHost();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Those in memory, the least recently used first. */
    public List<AdapterId> resident() {
        lock.lock();
        try {
            return new ArrayList<>(cached.values()).stream().map(Adapter::id).toList();
        } finally {
            lock.unlock();
        }
    }

    public AdapterCounters counters() {
        return counters;
    }

    /** Loads that have begun end by themselves. */
    @Override
    public void close() {
        loaders.shutdown();
    }
}
