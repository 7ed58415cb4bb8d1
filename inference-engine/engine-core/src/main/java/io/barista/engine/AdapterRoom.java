package io.barista.engine;

import io.barista.engine.lora.AdapterCache;
import io.barista.engine.lora.AdapterCounters;
import io.barista.engine.lora.AdapterLimits;
import io.barista.engine.lora.AdapterReader;
import io.barista.engine.lora.AdapterSlots;
import io.barista.engine.lora.AdapterSource;
import io.barista.engine.model.AdapterTargets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/** An engine's room for adapters, in the host's memory and on the device; none at all where adapters are off. */
final class AdapterRoom implements AutoCloseable {

    private final AdapterSlots slots;
    private final @Nullable SlotFiller filler;
    private final @Nullable AdapterCache cache;

    private AdapterRoom(AdapterSlots slots, @Nullable SlotFiller filler, @Nullable AdapterCache cache) {
        this.slots = slots;
        this.filler = filler;
        this.cache = cache;
    }

    static AdapterRoom of(EngineAssembly.Parts parts, AdapterSource source, BlockingQueue<EngineCommand> commands) {
        AdapterLimits limits = parts.config().adapters();
        AdapterTargets targets = parts.targets();
        if (limits == null || targets == null) {
            return new AdapterRoom(AdapterSlots.none(), null, null);
        }
        AdapterCounters counters = new AdapterCounters();
        SlotFiller filler = new SlotFiller(parts.runner(), commands, counters);
        return new AdapterRoom(new AdapterSlots(limits.slots(), filler, counters), filler,
                new AdapterCache(source, new AdapterReader(targets)::read, limits.onHost(), counters));
    }

    /** Of the engine loop. */
    AdapterSlots slots() {
        return slots;
    }

    Optional<AdapterCache> cache() {
        return Optional.ofNullable(cache);
    }

    /** Returns when nothing is written to the device any more. */
    @Override
    public void close() {
        if (cache != null) {
            cache.close();
        }
        if (filler != null) {
            filler.close();
        }
    }
}
