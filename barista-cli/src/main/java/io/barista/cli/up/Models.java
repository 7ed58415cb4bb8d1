package io.barista.cli.up;

import io.barista.config.BackendKind;
import io.barista.config.ConfigException;
import io.barista.config.EngineOptions;
import io.barista.config.LlmConfig;
import io.barista.config.LlmConfigs;
import io.barista.config.LocalFiles;
import io.barista.config.LoraConfig;
import io.barista.config.ResolvedLlmConfig;
import io.barista.config.ServedFolder;
import io.barista.engine.cuda.CudaBackend;
import java.nio.file.Path;
import java.util.List;

/**
 * The models that a configuration asks for, checked before anything is started.
 *
 * @param served      what config-server has to hand out: the configuration and every file it names
 * @param hasAdapters whether any of them has LoRA adapters to be found at run time, which the registry is for
 */
record Models(ServedFolder served, List<ReplicaSet> replicaSets, boolean hasAdapters) {

    /**
     * @param file          as the user named it
     * @param workingFolder what a relative name means
     * @throws ConfigException when the configuration cannot be used here
     */
    static Models load(Path file, Path workingFolder) {
        List<LlmConfig> configs = LlmConfigs.parse(new LocalFiles(workingFolder), file.toString());
        return new Models(ServedFolder.of(file, configs, workingFolder),
                configs.stream().map(Models::replicaSet).toList(), configs.stream().anyMatch(Models::hasAdapters));
    }

    private static boolean hasAdapters(LlmConfig config) {
        LoraConfig lora = config.lora();
        return lora != null && lora.dynamicLoraLoadingPath() != null;
    }

    /** The configuration's file, absolute. */
    Path file() {
        return served.folder().resolve(served.file());
    }

    private static ReplicaSet replicaSet(LlmConfig config) {
        // What the model service will find as well; said here it takes no process to find out.
        ResolvedLlmConfig resolved = ResolvedLlmConfig.resolve(config,
                new CudaBackend().refusal().isEmpty() ? BackendKind.CUDA : BackendKind.CPU);
        return new ReplicaSet(config.modelId(), config.serviceId().value(), resolved.replicas(),
                config.engine().find(EngineOptions.PORT).orElse(null),
                config.runtimeEnv().environment());
    }
}
