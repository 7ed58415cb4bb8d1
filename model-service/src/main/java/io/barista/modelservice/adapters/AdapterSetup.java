package io.barista.modelservice.adapters;

import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.config.LoraConfig;
import io.barista.engine.EngineException;
import io.barista.engine.lora.AdapterSource;
import io.barista.engine.lora.FolderAdapters;
import io.barista.modelservice.config.ModelToServe;
import io.barista.sources.ModelDownload;
import io.barista.sources.SourceAddress;
import io.barista.sources.SourceException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** From the configuration of adapters to where they come from, and to the knobs of the engine that follow from it. */
public final class AdapterSetup {

    private AdapterSetup() {}

    /**
     * Turns adapters on where there are any, unless that was asked otherwise, and keeps as many as Ray's key says unless vLLM's says
     * otherwise.
     */
    public static EngineConfig engine(EngineConfig asked, @Nullable LoraConfig lora) {
        boolean configured = lora != null && lora.dynamicLoraLoadingPath() != null
                || asked.find(EngineOptions.LORA_MODULES).isPresent();
        EngineConfig engine = configured && !asked.isAsked(EngineOptions.ENABLE_LORA)
                ? asked.with(EngineOptions.ENABLE_LORA, true)
                : asked;
        if (lora == null || asked.isAsked(EngineOptions.MAX_CPU_LORAS)) {
            return engine;
        }
        int slots = asked.find(EngineOptions.MAX_LORAS).orElse(0);
        return engine.with(EngineOptions.MAX_CPU_LORAS, Math.max(slots, lora.maxAdaptersPerReplica()));
    }

    /**
     * @param registry gives what is under the root; where there is none, the root must be a folder
     * @param download brings those that are named one by one and are not here, which may take its time
     * @throws EngineException INVALID_CONFIG
     * @throws SourceException when one that is named cannot be had
     */
    public static ServedAdapters source(ModelToServe model, RegistrySettings registry, ModelDownload download) {
        LoraConfig lora = model.lora();
        Path folder = model.folder();
        Map<String, Path> modules = modules(model, new ModuleFolders(folder, download));
        String path = lora == null ? null : lora.dynamicLoraLoadingPath();
        if (path == null) {
            return new ServedAdapters(modules, AdapterSource.NONE, null, folder);
        }
        SourceAddress root = address(path, folder);
        AdapterSource found = registry.of(model.names().getFirst(), lora)
                .orElseGet(() -> new FolderAdapters(List.of(localFolder(root, path))));
        return new ServedAdapters(modules, found, root, folder);
    }

    private static Map<String, Path> modules(ModelToServe model, ModuleFolders folders) {
        Map<String, Path> modules = new LinkedHashMap<>();
        model.engine().find(EngineOptions.LORA_MODULES).map(option -> LoraModules.parse(option, model.names()))
                .orElse(Map.of()).forEach((name, path) -> modules.put(name, folders.of(name, path)));
        return modules;
    }

    private static SourceAddress address(String path, Path folder) {
        try {
            return SourceAddress.parse(path, folder);
        } catch (SourceException e) {
            throw new EngineException(EngineException.Code.INVALID_CONFIG,
                    "lora_config.dynamic_lora_loading_path: " + e.getMessage(), null, e);
        }
    }

    private static Path localFolder(SourceAddress root, String path) {
        if (root instanceof SourceAddress.Folder(Path local)) {
            return local;
        }
        throw EngineException.of(EngineException.Code.INVALID_CONFIG,
                "lora_config.dynamic_lora_loading_path: %s is fetched by lora-registry; say where that is with "
                        + "barista.lora-registry.uri, or give a folder",
                path.replaceAll("://.*", "://..."));
    }
}
