package io.barista.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What runs of a model's configuration on this machine, beside what was {@code asked}.
 *
 * @param modelSource a folder exists; what has to be fetched is not fetched yet
 * @param replicas    at least 1
 * @param ignored     every key that was asked for and has no effect here; to be logged once
 */
public record ResolvedLlmConfig(LlmConfig asked, BackendKind backend, ModelSource modelSource, int replicas,
        List<IgnoredKey> ignored) {

    public ResolvedLlmConfig {
        ignored = List.copyOf(ignored);
    }

    /**
     * @param backend what the model is going to run on
     * @throws ConfigException when the model's folder is not there, or another backend was demanded
     */
    public static ResolvedLlmConfig resolve(LlmConfig asked, BackendKind backend) {
        BackendChoice demanded = asked.engine().get(EngineOptions.BACKEND);
        boolean isOther = switch (demanded) {
            case AUTO -> false;
            case CPU -> backend != BackendKind.CPU;
            case CUDA -> backend != BackendKind.CUDA;
        };
        if (isOther) {
            throw refusal(asked, "engine_kwargs.backend",
                    "asks for " + demanded + ", but the model runs on " + backend);
        }
        List<IgnoredKey> ignored = new ArrayList<>(asked.ignored());
        ignored.addAll(asked.deployment().ignored());
        if (asked.acceleratorType() != null
                && EntryKeys.ACCELERATOR_TYPE.effect() instanceof Effect.IgnoredOnCpu(String reason)
                && backend == BackendKind.CPU) {
            ignored.add(new IgnoredKey(EntryKeys.ACCELERATOR_TYPE.key(), reason));
        }
        ignored.addAll(asked.engine().ignoredOn(backend));
        return new ResolvedLlmConfig(asked, backend, source(asked), asked.deployment().replicasAtStart(), ignored);
    }

    private static ModelSource source(LlmConfig asked) {
        ModelSource source = asked.modelLoading().source();
        if (source instanceof ModelSource.Folder(Path path) && !Files.isDirectory(path)) {
            throw refusal(asked, "model_loading_config.model_source", "no such folder: " + path);
        }
        return source;
    }

    private static ConfigException refusal(LlmConfig asked, String key, String message) {
        return new ConfigException(new Problem(asked.origin().file(), asked.origin().lineOf(key), key, message));
    }
}
