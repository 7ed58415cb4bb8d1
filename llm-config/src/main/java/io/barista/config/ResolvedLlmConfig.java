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
     * @param best what a model runs on here unless it asks for something else
     * @throws ConfigException when the model's folder is not there, or it demands a backend that is not
     */
    public static ResolvedLlmConfig resolve(LlmConfig asked, BackendKind best) {
        BackendKind backend = switch (asked.engine().get(EngineOptions.BACKEND)) {
            case AUTO -> best;
            case CPU -> BackendKind.CPU;
            case CUDA -> BackendKind.CUDA;
        };
        if (backend == BackendKind.CUDA && best == BackendKind.CPU) {
            throw refusal(asked, "engine_kwargs.backend",
                    "asks for " + backend + ", but the model runs on " + best);
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
