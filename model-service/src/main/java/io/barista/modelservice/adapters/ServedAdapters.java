package io.barista.modelservice.adapters;

import io.barista.config.AdapterName;
import io.barista.engine.EngineException;
import io.barista.engine.lora.AdapterSource;
import io.barista.engine.lora.FetchedAdapter;
import io.barista.engine.lora.FolderAdapters;
import io.barista.modelservice.registry.RegistryAdapters;
import io.barista.sources.SourceAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * All adapters of the model: those named one by one, those added while it runs, which are other names for adapters under the root, and
 * those that are found under the root by themselves. Thread-safe.
 */
public final class ServedAdapters implements AdapterSource, AutoCloseable {

    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private final AdapterSource found;
    private final @Nullable SourceAddress root;
    private final Path folder;

    /**
     * @param name   of the adapter at its source
     * @param before what this took the place of; null for nothing. What that took the place of is forgotten
     */
    private record Entry(AdapterSource source, String name, @Nullable Entry before) {

        private Entry(AdapterSource source, String name) {
            this(source, name, null);
        }

        private Entry insteadOf(@Nullable Entry other) {
            return new Entry(source, name, other == null ? null : new Entry(other.source, other.name));
        }
    }

    /**
     * @param modules adapters in folders of this machine
     * @param found   what is under the root
     * @param root    where adapters may be added from; null when there is none
     * @param folder  what relative paths mean
     */
    public ServedAdapters(Map<String, Path> modules, AdapterSource found, @Nullable SourceAddress root, Path folder) {
        AdapterSource folders = new FolderAdapters(modules, List.of());
        modules.keySet().forEach(name -> entries.put(name, new Entry(folders, name)));
        this.found = found;
        this.root = root;
        this.folder = folder;
    }

    @Override
    public List<String> names() {
        TreeSet<String> names = new TreeSet<>(entries.keySet());
        names.addAll(found.names());
        return List.copyOf(names);
    }

    @Override
    public String version(String name) {
        Entry entry = entry(name);
        return entry.source().version(entry.name());
    }

    @Override
    public FetchedAdapter fetch(String name) {
        Entry entry = entry(name);
        return entry.source().fetch(entry.name());
    }

    /** Whether a client may leave out the base before it, as vLLM's clients do for adapters that were named one by one. */
    public boolean isNamed(String name) {
        return entries.containsKey(name);
    }

    /** A name that was given to an adapter. */
    public final class Given {

        private final String name;
        private final Entry now;

        private Given(String name, Entry now) {
            this.name = name;
            this.now = now;
        }

        /** The name stands for what it stood for before, unless it was removed or given to another adapter since. */
        public void takeBack() {
            if (now.before() == null) {
                entries.remove(name, now);
            } else {
                entries.replace(name, now, now.before());
            }
        }

        /** Whether the name still stands for what it was given to. */
        public boolean isCurrent() {
            return now.equals(entries.get(name));
        }
    }

    /**
     * Gives an adapter under the root another name.
     *
     * @param address   of an adapter right under the root
     * @param isInPlace whether the name may stand for another adapter by now
     * @throws EngineException INVALID_PARAMETER when it is no such address, or the name is taken or no name
     */
    public Given add(String name, String address, boolean isInPlace) {
        if (!AdapterName.isName(name)) {
            throw EngineException.invalid("lora_name", "%s", AdapterName.refusal(name));
        }
        Entry entry = new Entry(found, adapterUnderRoot(address));
        Entry now = Objects.requireNonNull(entries.compute(name, (_, before) -> {
            if (before != null && !isInPlace) {
                throw taken(name);
            }
            return entry.insteadOf(before);
        }));
        return new Given(name, now);
    }

    /**
     * A name that was given to the adapter stands for what it stood for before; one that was not is left alone.
     *
     * @param address root/adapter
     * @throws EngineException INVALID_PARAMETER when it is no such address
     */
    public void takeBack(String name, String address) {
        String adapter = adapterUnderRoot(address);
        Entry now = entries.get(name);
        if (now != null && now.source() == found && now.name().equals(adapter)) {
            new Given(name, now).takeBack();
        }
    }

    private static EngineException taken(String name) {
        return EngineException.invalid("lora_name", "The lora adapter '%s' has already been loaded.", name);
    }

    private String adapterUnderRoot(String address) {
        if (root == null) {
            throw EngineException.invalid("lora_path",
                    "adapters can be added from under lora_config.dynamic_lora_loading_path only, which is not configured; "
                            + "serve a YAML file that has it");
        }
        return root.adapterAt(address, folder).orElseThrow(() -> EngineException.invalid("lora_path",
                "lora_path must be a folder right under lora_config.dynamic_lora_loading_path"));
    }

    /** @throws EngineException ADAPTER_NOT_FOUND when it was not named or added */
    public void remove(String name) {
        if (entries.remove(name) == null) {
            throw EngineException.of(EngineException.Code.ADAPTER_NOT_FOUND, "The lora adapter '%s' cannot be found.",
                    name);
        }
    }

    @Override
    public void close() {
        if (found instanceof RegistryAdapters registry) {
            registry.close();
        }
    }

    private Entry entry(String name) {
        return Objects.requireNonNullElseGet(entries.get(name), () -> new Entry(found, name));
    }
}
