package io.barista.modelservice.responses;

import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.openai.json.OpenAiJson;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** Responses in memory, bounded by count and by bytes: the one that was used longest ago makes room. Thread-safe. */
public final class ResponseStore {

    private record Entry(StoredResponse stored, long bytes) {}

    private final int capacity;
    private final long memory;
    private final OpenAiJson json;
    private final ReentrantLock lock = new ReentrantLock();
    private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /**
     * @param capacity responses at most; 0 keeps none
     * @param memory   bytes of all of them at most, as JSON
     */
    public ResponseStore(int capacity, long memory, OpenAiJson json) {
        this.capacity = capacity;
        this.memory = memory;
        this.json = json;
    }

    /** Keeps it, in the place of one with the same id; one that is too large for all of the memory is not kept. */
    void put(StoredResponse stored) {
        Entry entry = new Entry(stored, json.write(stored).length);
        lock.lock();
        try {
            forget(stored.response().id());
            entries.put(stored.response().id(), entry);
            bytes += entry.bytes();
            Iterator<Map.Entry<String, Entry>> oldest = entries.entrySet().iterator();
            while ((entries.size() > capacity || bytes > memory) && oldest.hasNext()) {
                bytes -= oldest.next().getValue().bytes();
                oldest.remove();
            }
        } finally {
            lock.unlock();
        }
    }

    /** @throws ApiException RESPONSE_NOT_FOUND for an id that is unknown, deleted or evicted */
    public StoredResponse require(String id) {
        return find(id).orElseThrow(() -> notFound(id));
    }

    /** @throws ApiException as {@link #require} */
    void remove(String id) {
        lock.lock();
        try {
            if (!forget(id)) {
                throw notFound(id);
            }
        } finally {
            lock.unlock();
        }
    }

    Optional<StoredResponse> find(String id) {
        lock.lock();
        try {
            return Optional.ofNullable(entries.get(id)).map(Entry::stored);
        } finally {
            lock.unlock();
        }
    }

    private boolean forget(String id) {
        Entry entry = entries.remove(id);
        if (entry == null) {
            return false;
        }
        bytes -= entry.bytes();
        return true;
    }

    private static ApiException notFound(String id) {
        return new ApiException(ErrorCode.RESPONSE_NOT_FOUND, "Response with id '%s' not found.".formatted(id));
    }
}
