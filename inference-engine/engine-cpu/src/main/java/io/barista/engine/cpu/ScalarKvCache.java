package io.barista.engine.cpu;

import io.barista.engine.backend.KvCache;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** @param data float32 [layers][2: keys, values][slots][K][D] */
record ScalarKvCache(Shape shape, MemorySegment data) implements KvCache {

    static ScalarKvCache allocate(Shape shape, Arena arena) {
        long perLayer = Math.multiplyExact(2L * shape.blocks() * shape.blockTokens(),
                (long) shape.kvHeads() * shape.headDim() * Float.BYTES);
        return new ScalarKvCache(shape, arena.allocate(Math.multiplyExact(perLayer, (long) shape.layers()), 64));
    }

    float key(int layer, long slot, int kvHead, int d) {
        return data.getAtIndex(ValueLayout.JAVA_FLOAT, index(layer, 0, slot, kvHead, d));
    }

    float value(int layer, long slot, int kvHead, int d) {
        return data.getAtIndex(ValueLayout.JAVA_FLOAT, index(layer, 1, slot, kvHead, d));
    }

    void set(int layer, long slot, int kvHead, int d, float key, float value) {
        data.setAtIndex(ValueLayout.JAVA_FLOAT, index(layer, 0, slot, kvHead, d), key);
        data.setAtIndex(ValueLayout.JAVA_FLOAT, index(layer, 1, slot, kvHead, d), value);
    }

    private long index(int layer, int kind, long slot, int kvHead, int d) {
        long slots = (long) shape.blocks() * shape.blockTokens();
        return (((layer * 2L + kind) * slots + slot) * shape.kvHeads() + kvHead) * shape.headDim() + d;
    }
}
