package io.barista.engine.lora;

import io.barista.engine.EngineException;
import io.barista.engine.backend.AdapterMatrix;
import io.barista.engine.backend.AdapterUpdate;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.LowRank;
import io.barista.engine.model.AdapterFiles;
import io.barista.engine.model.AdapterTargets;
import io.barista.engine.model.AdapterTargets.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Reads an adapter that PEFT has saved and checks it against the model. Thread-safe. */
public final class AdapterReader {

    private final AdapterTargets targets;

    public AdapterReader(AdapterTargets targets) {
        this.targets = targets;
    }

    /**
     * Needs the files no longer when it returns.
     *
     * @throws EngineException INVALID_ADAPTER, in one line that says what is wrong
     */
    public Adapter read(String name, FetchedAdapter fetched) {
        try {
            AdapterFiles files = AdapterFiles.read(fetched.config(), fetched.weights());
            return read(new AdapterId(name, fetched.version()), new PeftConfig(files.config()),
                    TensorPairs.of(files.tensors()));
        } catch (EngineException e) {
            throw new EngineException(EngineException.Code.INVALID_ADAPTER,
                    "adapter %s cannot be used: %s".formatted(name, e.getMessage()), "model", e);
        }
    }

    private Adapter read(AdapterId id, PeftConfig config, Map<String, TensorPairs.Pair> pairs) {
        if (pairs.isEmpty()) {
            throw invalid("it has no weights");
        }
        Map<AdapterMatrix, List<LowRank>> parts = new HashMap<>();
        targets.matrices().forEach(matrix -> parts.put(matrix, new ArrayList<>()));
        int rank = 0;
        long bytes = 0;
        for (Map.Entry<String, TensorPairs.Pair> entry : pairs.entrySet()) {
            String module = entry.getKey();
            Target target = targets.find(module).orElseThrow(() -> notATarget(module));
            LowRank part = part(module, target, entry.getValue(), config);
            parts.computeIfAbsent(target.matrix(), _ -> new ArrayList<>()).add(part);
            rank = Math.max(rank, part.rank());
            bytes += part.a().data().byteSize() + part.b().data().byteSize();
        }
        requireComplete(config, pairs);
        List<AdapterUpdate> updates = targets.matrices().stream()
                .map(matrix -> new AdapterUpdate(matrix, parts.getOrDefault(matrix, List.of()))).toList();
        return new Adapter(id, rank, bytes, updates);
    }

    private LowRank part(String module, Target target, TensorPairs.Pair pair, PeftConfig config) {
        if (!config.targets(module)) {
            throw invalid("it has weights for %s, which its target_modules leave out", module);
        }
        HostTensor a = pair.a();
        HostTensor b = pair.b();
        int rank = config.rank(module);
        if (rank > targets.maxRank()) {
            throw invalid("%s has rank %d, and max_lora_rank is %d", module, rank, targets.maxRank());
        }
        requireShape(module, "lora_A", a, rank, target.inputs());
        requireShape(module, "lora_B", b, target.outputs(), rank);
        FiniteValues.require(a);
        FiniteValues.require(b);
        return new LowRank(target.part(), config.scale(module), a, b);
    }

    private static void requireShape(String module, String which, HostTensor tensor, long rows, long columns) {
        if (!tensor.hasShape(rows, columns)) {
            throw invalid("%s of %s has shape %s, the model and adapter_config.json ask for [%d, %d]", which, module,
                    tensor.shape(), rows, columns);
        }
    }

    /** Every module that the adapter says it is for. */
    private void requireComplete(PeftConfig config, Map<String, TensorPairs.Pair> pairs) {
        if (!config.namesTargets()) {
            return;
        }
        TreeSet<String> missing = new TreeSet<>(targets.modules());
        missing.removeIf(module -> !config.targets(module));
        pairs.keySet().forEach(missing::remove);
        if (!missing.isEmpty()) {
            throw invalid("it lacks weights for %d of its target_modules: %s", missing.size(),
                    missing.stream().limit(3).toList());
        }
    }

    private EngineException notATarget(String module) {
        if (module.contains(".experts.")) {
            return invalid("%s is inside an expert, which adapters cannot change here", module);
        }
        if (module.endsWith("embed_tokens") || module.endsWith("lm_head")) {
            return invalid("%s: adapters of embeddings and of the output matrix are not supported", module);
        }
        TreeSet<String> known = new TreeSet<>();
        targets.modules().forEach(name -> known.add(name.substring(name.lastIndexOf('.') + 1)));
        return invalid("%s is no module of this model that adapters can change; those are %s in each layer", module,
                known);
    }

    static EngineException invalid(String format, Object... args) {
        return EngineException.of(EngineException.Code.INVALID_ADAPTER, format, args);
    }
}
