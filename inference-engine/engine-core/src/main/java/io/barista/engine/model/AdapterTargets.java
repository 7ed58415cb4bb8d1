package io.barista.engine.model;

import io.barista.engine.backend.AdapterMatrix;
import io.barista.engine.backend.AdapterShape;
import io.barista.engine.backend.TensorOps;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The projections that adapters may add to, by the names of their modules, and the room that was made for adapters beside them. Filled
 * while a model is loaded, immutable from then on.
 */
public final class AdapterTargets {

    private final int slots;
    private final int maxRank;
    private final Map<String, Target> byModule = new LinkedHashMap<>();
    private final List<AdapterMatrix> matrices = new ArrayList<>();

    /** One module: a part of a packed matrix. */
    public record Target(AdapterMatrix matrix, int part) {

        public int inputs() {
            return matrix.shape().inputs();
        }

        public int outputs() {
            return matrix.shape().outputs().get(part);
        }
    }

    /**
     * @param slots   adapters on the device at the same time
     * @param maxRank the largest rank of one
     */
    public AdapterTargets(int slots, int maxRank) {
        this.slots = slots;
        this.maxRank = maxRank;
    }

    public int slots() {
        return slots;
    }

    public int maxRank() {
        return maxRank;
    }

    /** All there is room beside, in order. */
    public List<AdapterMatrix> matrices() {
        return List.copyOf(matrices);
    }

    /** The names of modules, from {@code layers} on, in order. */
    public Set<String> modules() {
        return byModule.keySet();
    }

    /** @param module with or without what stands before {@code layers}, which depends on how a model was wrapped when it was saved */
    public Optional<Target> find(String module) {
        return Optional.ofNullable(byModule.get(fromLayers(module)));
    }

    /** The part of a module's name that models of all wrappings have in common. */
    static String fromLayers(String module) {
        int start = module.indexOf("layers.");
        return start < 0 ? module : module.substring(start);
    }

    AdapterMatrix allocate(TensorOps ops, String name, int inputs, WeightPacker.Part... parts) {
        AdapterMatrix matrix = ops.allocateAdapters(new AdapterShape(name, inputs,
                List.of(parts).stream().map(WeightPacker.Part::outputs).toList(), slots, maxRank));
        for (int part = 0; part < parts.length; part++) {
            byModule.put(fromLayers(parts[part].name()), new Target(matrix, part));
        }
        matrices.add(matrix);
        return matrix;
    }
}
