package io.barista.engine.lora;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The device's slots and who is in them. A slot whose adapter a running sequence uses stays as it is; of the others the one that was
 * used least recently makes room. Sequences ask in the order in which they are to be served, once a round: one that finds every slot in
 * use claims the slot that will be free soonest, which then takes in nobody who comes later, so that no adapter waits for ever behind
 * a busier one. Confined to the engine loop; only filling a slot happens elsewhere.
 */
public final class AdapterSlots {

    /** Of an adapter that is not to be had now. */
    public static final int WAIT = -2;

    /** Of a sequence of the base model. */
    public static final int BASE = -1;

    private final Slot[] slots;
    private final Map<AdapterId, Slot> byAdapter = new HashMap<>();
    private final Filling filling;
    private final AdapterCounters counters;
    private long round;
    private long uses;

    /** Begins to fill a slot elsewhere; {@link #filled} or {@link #failed} is called when that has ended. */
    @FunctionalInterface
    public interface Filling {

        void begin(int slot, Adapter adapter);
    }

    private static final class Slot {

        private final int index;
        private @Nullable Adapter adapter;
        private boolean ready;
        private int users;
        private long lastUse;
        private long claimedInRound = -1;
        private @Nullable AdapterId claimant;

        private Slot(int index) {
            this.index = index;
        }
    }

    public AdapterSlots(int count, Filling filling, AdapterCounters counters) {
        this.slots = new Slot[count];
        for (int i = 0; i < count; i++) {
            slots[i] = new Slot(i);
        }
        this.filling = filling;
        this.counters = counters;
    }

    public AdapterDemand demand() {
        return counters.demand();
    }

    /** For models without adapters. */
    public static AdapterSlots none() {
        return new AdapterSlots(0, (_, _) -> {}, new AdapterCounters());
    }

    /** Claims of the round before are forgotten. */
    public void beginRound() {
        round++;
    }

    /**
     * Where a sequence of this adapter may run now: its slot, {@link #BASE} for none, or {@link #WAIT}, and then a slot is being filled
     * or claimed for it.
     */
    public int find(@Nullable Adapter adapter) {
        if (adapter == null) {
            return BASE;
        }
        Slot own = byAdapter.get(adapter.id());
        if (own != null) {
            return own.ready && own.claimedInRound != round ? own.index : WAIT;
        }
        Slot best = null;
        for (Slot slot : slots) {
            boolean claimed = slot.claimedInRound == round;
            if (claimed && adapter.id().equals(slot.claimant)) {
                return WAIT;
            }
            if (!claimed && (slot.ready || slot.adapter == null) && isBetter(slot, best)) {
                best = slot;
            }
        }
        if (best != null) {
            claim(best, adapter);
        }
        return WAIT;
    }

    private void claim(Slot slot, Adapter adapter) {
        slot.claimedInRound = round;
        slot.claimant = adapter.id();
        if (slot.users == 0) {
            fill(slot, adapter);
        }
    }

    /** Empty ones first, then those with the fewest users, then those that were used longest ago. */
    private static boolean isBetter(Slot slot, @Nullable Slot best) {
        if (best == null || (slot.adapter == null) != (best.adapter == null)) {
            return best == null || slot.adapter == null;
        }
        return slot.users != best.users ? slot.users < best.users : slot.lastUse < best.lastUse;
    }

    private void fill(Slot slot, Adapter adapter) {
        if (slot.adapter != null) {
            byAdapter.remove(slot.adapter.id());
            counters.evictedFromDevice();
        }
        slot.adapter = adapter;
        slot.ready = false;
        slot.lastUse = ++uses;
        byAdapter.put(adapter.id(), slot);
        filling.begin(slot.index, adapter);
    }

    /** The slot's adapter can be used. */
    public void filled(int index) {
        slots[index].ready = true;
    }

    /** The slot could not be filled, and is empty. */
    public void failed(int index) {
        Slot slot = slots[index];
        if (slot.adapter != null) {
            byAdapter.remove(slot.adapter.id());
            slot.adapter = null;
        }
    }

    /** A sequence begins to run. @param index as {@link #find} has just said */
    public void enter(int index) {
        if (index >= 0) {
            slots[index].users++;
            slots[index].lastUse = ++uses;
        }
    }

    /** A sequence runs no longer. */
    public void leave(int index) {
        if (index >= 0) {
            slots[index].users--;
        }
    }

    /** Whether the adapter is in a slot, ready to be used. */
    public boolean holds(AdapterId id) {
        Slot slot = byAdapter.get(id);
        return slot != null && slot.ready;
    }

    /** Slots with an adapter that is ready. */
    public int occupied() {
        int count = 0;
        for (Slot slot : slots) {
            count += slot.adapter != null && slot.ready ? 1 : 0;
        }
        return count;
    }
}
