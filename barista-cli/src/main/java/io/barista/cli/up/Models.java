package io.barista.cli.up;

import io.barista.config.BackendKind;
import io.barista.config.ConfigException;
import io.barista.config.LlmConfig;
import io.barista.config.LlmConfigs;
import io.barista.config.LocalFiles;
import io.barista.config.ResolvedLlmConfig;
import java.nio.file.Path;
import java.util.List;

/** The models that a configuration asks for, checked before anything is started. */
final class Models {

    private Models() {}

    /**
     * @param file          as the user named it
     * @param workingFolder what a relative name means
     * @throws ConfigException when the configuration cannot be used here
     */
    static List<ReplicaSet> load(Path file, Path workingFolder) {
        return LlmConfigs.parse(new LocalFiles(workingFolder), file.toString()).stream().map(Models::replicaSet)
                .toList();
    }

    private static ReplicaSet replicaSet(LlmConfig config) {
        // What the model service will find as well; said here it takes no process to find out.
        ResolvedLlmConfig resolved = ResolvedLlmConfig.resolve(config, BackendKind.CPU);
        return new ReplicaSet(config.modelId(), config.serviceId().value(), resolved.replicas(),
                config.runtimeEnv().environment());
    }
}
