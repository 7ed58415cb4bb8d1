package io.barista.modelservice.engine;

import io.barista.config.EngineOptions;
import io.barista.modelservice.config.ModelToServe;
import io.barista.sources.DownloadLimits;
import io.barista.sources.DownloadListener;
import io.barista.sources.ModelDownload;
import io.barista.sources.SourceCache;
import io.barista.sources.SourceEnvironment;
import io.barista.sources.SourceException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** Brings the files of a model, and of its adapters, to this machine. */
public final class Weights {

    private final Map<String, String> environment;
    private final DownloadListener listener;

    /** @param environment the process's variables; a model's own stand before them */
    public Weights(Map<String, String> environment, DownloadListener listener) {
        this.environment = environment;
        this.listener = listener;
    }

    /**
     * The model's folder; downloads it when it is not here, which may take its time.
     *
     * @throws SourceException in one line, when the files cannot be had
     */
    Path folder(ModelToServe model) {
        return download(model).folder(model.source(), model.engine().find(EngineOptions.REVISION).orElse(null));
    }

    /** With the model's variables, into the cache that all models share. */
    ModelDownload download(ModelToServe model) {
        SourceEnvironment variables = new SourceEnvironment(model.variables().environment(), environment);
        SourceCache cache = new SourceCache(SourceCache.defaultRoot(variables).resolve("models"),
                DownloadLimits.forModels(), listener, () -> ThreadLocalRandom.current().nextDouble());
        return new ModelDownload(cache, variables);
    }
}
