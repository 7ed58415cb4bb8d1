package io.barista.loraregistry;

import io.barista.config.AdapterName;
import io.barista.config.LlmConfig;
import io.barista.config.LoraConfig;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.sources.RemoteFile;
import io.barista.sources.SourceException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The base models with their adapters, and the adapters on the disk. Thread-safe. */
final class Registry implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Registry.class);
    private static final int UPLOADS_IN_BETWEEN = 3;

    private final SequencedMap<String, BaseModel> bases = new LinkedHashMap<>();
    private final AdapterStore store;
    private final FileHashes hashes = new FileHashes();
    private final long maxAdapterBytes;

    /**
     * @param folder what relative adapter paths mean
     * @param cache  where adapters are kept, with the names that they are given and what the sources last listed
     */
    Registry(List<LlmConfig> configs, Path folder, Path cache, AdapterStore store, RegistryMetrics metrics,
            long maxAdapterBytes) {
        this.store = store;
        this.maxAdapterBytes = maxAdapterBytes;
        for (LlmConfig config : configs) {
            LoraConfig lora = config.lora();
            String path = lora == null ? null : lora.dynamicLoraLoadingPath();
            if (lora != null && path != null) {
                bases.put(config.modelId(), new BaseModel(config, lora, path, folder, cache, metrics));
            }
        }
    }

    SequencedMap<String, BaseModel> bases() {
        return bases;
    }

    void refresh() {
        bases.values().forEach(BaseModel::refresh);
    }

    /**
     * What a name stands for now: a folder of that name, else the adapter that it was given to.
     *
     * @throws ApiException    MODEL_NOT_FOUND; INVALID_REQUEST when its weights are a pickle
     * @throws SourceException when it is not known and the source cannot be asked
     */
    Adapter require(String base, String name) {
        BaseModel of = base(base);
        @Nullable
        Adapter adapter = of.adapters().get(name);
        String standsFor = name;
        if (adapter == null) {
            standsFor = addedNames(of).getOrDefault(name, name);
            adapter = of.find(standsFor);
        }
        if (adapter == null) {
            requireNoPickle(of, standsFor);
            throw new ApiException(ErrorCode.MODEL_NOT_FOUND,
                    "The base model `%s` has no such adapter.".formatted(base));
        }
        return adapter;
    }

    /** The adapters of a base model by all names that they have. */
    SortedMap<String, Adapter> adapters(BaseModel base) {
        SortedMap<String, Adapter> found = base.adapters();
        SortedMap<String, Adapter> all = new TreeMap<>(found);
        addedNames(base).forEach((name, adapter) -> {
            Adapter standsFor = found.get(adapter);
            if (standsFor != null) {
                all.putIfAbsent(name, standsFor);
            }
        });
        return all;
    }

    /** @throws ApiException MODEL_NOT_FOUND */
    SortedMap<String, String> addedNames(String base) {
        return addedNames(base(base));
    }

    /** None where they are not allowed any more: nobody could take them back. */
    private static SortedMap<String, String> addedNames(BaseModel of) {
        return of.allowsUpdates() ? of.names().all() : Collections.emptySortedMap();
    }

    /**
     * Gives an adapter another name.
     *
     * @param address right under the root
     * @throws ApiException    INVALID_VALUE, MODEL_NOT_FOUND or UNKNOWN_ROUTE where that is not allowed
     * @throws SourceException when the source cannot be asked, or the name cannot be stored
     */
    void addName(String base, String name, String address, boolean mayReplace) {
        BaseModel of = updatable(base);
        if (!AdapterName.isName(name)) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "lora_name", "%s", AdapterName.refusal(name));
        }
        String adapter = of.underRoot(address).orElseThrow(() -> ApiException.of(ErrorCode.INVALID_VALUE, "lora_path",
                "lora_path must be a folder right under lora_config.dynamic_lora_loading_path"));
        if (of.find(adapter) == null) {
            requireNoPickle(of, adapter);
            throw ApiException.of(ErrorCode.MODEL_NOT_FOUND, "lora_path", "there is no adapter %s", adapter);
        }
        if (of.adapters().containsKey(name) && !name.equals(adapter)) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "lora_name",
                    "There is an adapter '%s' already, a folder of that name: choose another one", name);
        }
        if (!onDisk(() -> of.names().add(name, adapter, mayReplace))) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "lora_name",
                    "The lora adapter '%s' has already been loaded.", name);
        }
    }

    /** @throws ApiException MODEL_NOT_FOUND; UNKNOWN_ROUTE where that is not allowed */
    void removeName(String base, String name) {
        BaseModel of = updatable(base);
        if (!onDisk(() -> of.names().remove(name))) {
            throw ApiException.of(ErrorCode.MODEL_NOT_FOUND, "lora_name", "The lora adapter '%s' cannot be found.",
                    name);
        }
    }

    private BaseModel updatable(String base) {
        BaseModel of = base(base);
        if (!of.allowsUpdates()) {
            throw new ApiException(ErrorCode.UNKNOWN_ROUTE,
                    "Adapters are not added while the suite runs (allow_runtime_lora_updating).");
        }
        return of;
    }

    private interface DiskWork {

        boolean run() throws IOException;
    }

    private static boolean onDisk(DiskWork work) {
        try {
            return work.run();
        } catch (IOException e) {
            log.warn("an adapter's name cannot be stored: {}", e.toString());
            throw new SourceException(SourceException.Kind.DISK, "the adapter's name cannot be stored: " + e, e);
        }
    }

    /** @throws ApiException MODEL_NOT_FOUND */
    BaseModel base(String id) {
        BaseModel base = bases.get(id);
        if (base == null) {
            throw new ApiException(ErrorCode.MODEL_NOT_FOUND, "There is no such base model with adapters.");
        }
        return base;
    }

    /**
     * The adapter as it is now, on the disk.
     *
     * @throws ApiException    MODEL_NOT_FOUND; INVALID_REQUEST when it is broken or not for this model
     * @throws SourceException when it cannot be had
     */
    Adapter fetch(String base, String name) {
        for (int attempt = 1;; attempt++) {
            Adapter adapter = require(base, name);
            try (AdapterStore.Lease _ = lease(adapter)) {
                return adapter;
            } catch (SourceException e) {
                if (e.kind() == SourceException.Kind.UNUSABLE) {
                    throw unusable(name, e.getMessage());
                }
                boolean isMoving = e.kind() == SourceException.Kind.CHANGED
                        || e.kind() == SourceException.Kind.NOT_FOUND;
                if (!isMoving || attempt == UPLOADS_IN_BETWEEN) {
                    throw e;
                }
                base(base).refresh(); // uploaded again, or deleted, since it was listed
            }
        }
    }

    private static void requireNoPickle(BaseModel of, String adapter) {
        if (of.isPickled(adapter)) {
            throw unusable(adapter, "its weights are a pickle, which can run code and is never opened; save them as "
                    + Adapter.WEIGHTS + " (PEFT: safe_serialization=True)");
        }
    }

    private static ApiException unusable(String name, String reason) {
        return new ApiException(ErrorCode.INVALID_REQUEST, "adapter %s cannot be used: %s".formatted(name, reason));
    }

    /** This version's verified files, on the disk until the lease is closed. */
    AdapterStore.Lease lease(Adapter adapter) {
        if (adapter.bytes() > maxAdapterBytes) {
            throw new SourceException(SourceException.Kind.UNUSABLE,
                    "has %d bytes, %d are allowed (barista.registry.max-adapter-bytes)"
                            .formatted(adapter.bytes(), maxAdapterBytes));
        }
        BaseModel base = base(adapter.base());
        return learned(adapter, store.lease(adapter,
                () -> base.fetch(adapter, folder -> new AdapterCheck(base.shapes()).check(folder))));
    }

    private AdapterStore.Lease learned(Adapter adapter, AdapterStore.Lease lease) {
        try {
            hashes.learn(adapter, lease.folder());
            return lease;
        } catch (IOException e) {
            lease.close();
            throw new SourceException(SourceException.Kind.DISK, "the adapter cannot be read back: " + e, e);
        }
    }

    /** What a file's content hashes to; empty as long as the adapter has not been on this disk. */
    Optional<String> crc32c(Adapter adapter, RemoteFile file) {
        return hashes.find(adapter, file);
    }

    /** Hashes the adapter's files if they are on this disk and that was not done yet: a restart forgets what they hash to. */
    void learn(Adapter adapter) {
        store.leaseIfThere(adapter).ifPresent(lease -> learned(adapter, lease).close());
    }

    boolean has(Adapter adapter) {
        return store.has(adapter);
    }

    boolean remove(Adapter adapter) {
        return store.remove(adapter);
    }

    /** The base models that cannot be listed, with the reason. */
    Map<String, String> problems() {
        Map<String, String> problems = new LinkedHashMap<>();
        bases.values().forEach(base -> {
            String problem = base.problem();
            if (problem != null) {
                problems.put(base.id(), problem);
            }
        });
        return problems;
    }

    @Override
    public void close() {
        bases.values().forEach(BaseModel::close);
    }
}
