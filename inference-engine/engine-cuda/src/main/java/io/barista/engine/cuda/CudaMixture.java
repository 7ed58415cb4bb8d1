package io.barista.engine.cuda;

import io.barista.engine.backend.MixtureSpec;
import io.barista.engine.backend.MixtureWorkspace;

/**
 * The experts that a router chose, and room for their results. A slot is one row at one of its experts; slots of an expert lie
 * together.
 *
 * @param chosen   address of int32 [maxRows, perToken], experts of each row
 * @param weights  address of float32 [maxRows, perToken]
 * @param starts   address of int32 [experts + 1], the first slot of each expert
 * @param slotRows address of int32 [slots], the row that a slot computes
 * @param slots    address of int32 [maxRows, perToken], the slots of a row
 * @param gateUp   address of [slots, 2 · inner]
 * @param inner    address of [slots, inner]
 * @param results  address of [slots, hidden]
 */
record CudaMixture(MixtureSpec spec, int maxRows, long chosen, long weights, long starts, long slotRows, long slots,
        long gateUp, long inner, long results) implements MixtureWorkspace {

    static CudaMixture allocate(MixtureSpec spec, int maxRows, Element element, DeviceMemory memory) {
        long slots = Math.multiplyExact((long) maxRows, spec.router().perToken());
        long numbers = slots * Integer.BYTES;
        String what = "a mixture's workspace";
        return new CudaMixture(spec, maxRows, memory.allocate(what, numbers), memory.allocate(what, numbers),
                memory.allocate(what, (spec.router().experts() + 1L) * Integer.BYTES), memory.allocate(what, numbers),
                memory.allocate(what, numbers), memory.allocate(what, slots * 2 * spec.inner() * element.bytes()),
                memory.allocate(what, slots * spec.inner() * element.bytes()),
                memory.allocate(what, slots * spec.hidden() * element.bytes()));
    }

    /** @throws IllegalArgumentException if the matrices are not this mixture's, or there are more rows than room */
    void requireFits(CudaExperts gateUp, CudaExperts down, int rows) {
        int experts = spec.router().experts();
        if (gateUp.experts() != experts || gateUp.outputs() != 2 * spec.inner() || gateUp.inputs() != spec.hidden()
                || down.experts() != experts || down.outputs() != spec.hidden() || down.inputs() != spec.inner()) {
            throw new IllegalArgumentException("%s: %d of [%d, %d], %s: %d of [%d, %d]; expected %s".formatted(
                    gateUp.name(), gateUp.experts(), gateUp.outputs(), gateUp.inputs(), down.name(), down.experts(),
                    down.outputs(), down.inputs(), spec));
        }
        requireRoom(rows);
    }

    void requireRoom(int rows) {
        if (rows > maxRows) {
            throw new IllegalArgumentException(
                    "%d rows for a mixture with room for %d".formatted(rows, maxRows));
        }
    }
}
