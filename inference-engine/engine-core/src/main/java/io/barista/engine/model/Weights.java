package io.barista.engine.model;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.model.quantization.TensorSource;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * All tensors of a model folder by name, in one safetensors file or in several with an index. The files are mapped, not read, and
 * stay mapped for as long as a view of them is reachable. Remembers what was taken, so that leftovers can be reported.
 */
final class Weights implements TensorSource {

    private static final Logger LOG = LoggerFactory.getLogger(Weights.class);

    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private static final Pattern SHARD_NAME = Pattern.compile("[\\w.-]+\\.safetensors");

    private final Map<String, Stored> tensors;
    private final Set<String> untouched;
    private final LoadingProgress progress;
    private long lastBytes; // of the tensor that is being loaded

    private record Stored(SafeTensorsFile file, SafeTensorsHeader.Entry entry) {}

    private Weights(Map<String, Stored> tensors) {
        this.tensors = tensors;
        this.untouched = new TreeSet<>(tensors.keySet());
        this.progress = new LoadingProgress(
                tensors.values().stream().mapToLong(stored -> stored.entry().end() - stored.entry().begin()).sum(),
                LOG::info, System.nanoTime());
    }

    static Weights open(Path folder) {
        // Unmapped by the collector: a backend may keep views of the files instead of copies.
        Arena arena = Arena.ofAuto();
        Map<String, Stored> tensors = new LinkedHashMap<>();
        if (Files.exists(folder.resolve(SINGLE))) {
            addAll(tensors, SafeTensorsFile.map(folder.resolve(SINGLE), arena));
        } else {
            addShards(tensors, folder, arena);
        }
        return new Weights(tensors);
    }

    boolean has(String name) {
        return tensors.containsKey(name);
    }

    /** Whether it is there, and no codes. */
    boolean isPlain(String name) {
        Stored stored = tensors.get(name);
        return stored != null && stored.entry().type().dtype().filter(Weights::isFloat).isPresent();
    }

    @Override
    public Optional<HostTensor> find(String name) {
        Stored stored = tensors.get(name);
        if (stored == null) {
            return Optional.empty();
        }
        SafeTensorsHeader.Entry entry = stored.entry();
        if (untouched.remove(name)) {
            progress.advance(lastBytes, System.nanoTime());
            lastBytes = entry.end() - entry.begin();
        }
        DType dtype = entry.type().dtype().orElseThrow(() -> JsonFile.invalid(
                "weight %s is stored in %s, which nothing here computes with", name, entry.type()));
        return Optional.of(new HostTensor(name, dtype, entry.shape(),
                stored.file().data().asSlice(entry.begin(), entry.end() - entry.begin())));
    }

    @Override
    public HostTensor require(String name, long... shape) {
        HostTensor tensor = requireShape(name, shape);
        if (!isFloat(tensor.dtype())) {
            throw JsonFile.invalid("weight %s is stored in %s; supported are F32, F16 and BF16", name, tensor.dtype());
        }
        return tensor;
    }

    @Override
    public HostTensor require(String name, DType dtype, long... shape) {
        HostTensor tensor = requireShape(name, shape);
        if (tensor.dtype() != dtype) {
            throw JsonFile.invalid("weight %s is stored in %s; expected is %s", name, tensor.dtype(), dtype);
        }
        return tensor;
    }

    private HostTensor requireShape(String name, long... shape) {
        HostTensor tensor = find(name).orElseThrow(() -> JsonFile.invalid("weight %s is missing", name));
        if (!tensor.hasShape(shape)) {
            throw JsonFile.invalid("weight %s has shape %s, but config.json asks for %s", name, tensor.shape(),
                    Arrays.toString(shape));
        }
        return tensor;
    }

    /** Everything that was taken is loaded. */
    void finish() {
        progress.advance(lastBytes, System.nanoTime());
        lastBytes = 0;
        progress.finish(System.nanoTime());
    }

    /** Names in the files that nobody has asked for so far. */
    Set<String> untouched() {
        return untouched;
    }

    private static boolean isFloat(DType dtype) {
        return dtype == DType.FLOAT32 || dtype == DType.FLOAT16 || dtype == DType.BFLOAT16;
    }

    private static void addAll(Map<String, Stored> tensors, SafeTensorsFile file) {
        for (SafeTensorsHeader.Entry entry : file.header().entries()) {
            Stored earlier = tensors.put(entry.name(), new Stored(file, entry));
            if (earlier != null) {
                throw JsonFile.invalid("tensor %s is both in %s and in %s", entry.name(), earlier.file().name(),
                        file.name());
            }
        }
    }

    private static void addShards(Map<String, Stored> tensors, Path folder, Arena arena) {
        JsonNode map = JsonFile.find(folder, INDEX)
                .orElseThrow(() -> JsonFile.invalid("%s has neither %s nor %s", folder.getFileName(), SINGLE, INDEX))
                .find("weight_map").orElseThrow(() -> JsonFile.invalid("%s: weight_map is missing", INDEX));
        Map<String, String> fileOf = new LinkedHashMap<>();
        map.properties().forEach(property -> fileOf.put(property.getKey(), property.getValue().asString("")));
        for (String shard : new TreeSet<>(fileOf.values())) {
            if (!SHARD_NAME.matcher(shard).matches()) {
                throw JsonFile.invalid("%s: '%s' is not the name of a safetensors file in the folder", INDEX, shard);
            }
            if (!Files.isRegularFile(folder.resolve(shard))) {
                throw JsonFile.invalid("%s names %s, which is missing", INDEX, shard);
            }
            addAll(tensors, SafeTensorsFile.map(folder.resolve(shard), arena));
        }
        fileOf.forEach((name, shard) -> {
            Stored stored = tensors.get(name);
            if (stored == null || !stored.file().name().equals(shard)) {
                throw JsonFile.invalid("%s puts tensor %s into %s, where it is not", INDEX, name, shard);
            }
        });
    }
}
