package io.barista.cli;

import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.config.ModelSource;
import io.barista.sources.DownloadLimits;
import io.barista.sources.ModelDownload;
import io.barista.sources.SourceCache;
import io.barista.sources.SourceEnvironment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** A model as it is named on the command line: a folder, a Hugging Face repository or a bucket. */
public record ModelArgument(Workplace workplace, String model) {

    /** @throws CommandFailure for a folder that is not there */
    public ModelSource source() {
        ModelSource source = ModelSource.parse(model, workplace.folder());
        return switch (source) {
            case ModelSource.Folder(Path path) when !Files.isDirectory(path) -> throw noFolder(path);
            // a single word is more likely to be mistyped than to be one of the few repositories without an organisation
            case ModelSource.HuggingFace _ when !model.contains("/") ->
                throw noFolder(workplace.folder().resolve(model));
            case ModelSource.Folder _,ModelSource.HuggingFace _,ModelSource.Bucket _ -> source;
        };
    }

    /**
     * The model's folder; downloads it when it is not here.
     *
     * @throws io.barista.sources.SourceException when it cannot be had
     */
    public Path fetch(EngineConfig engine) {
        SourceEnvironment variables = new SourceEnvironment(Map.of(), workplace.environment());
        SourceCache cache = new SourceCache(SourceCache.defaultRoot(variables).resolve("models"),
                DownloadLimits.forModels(), new DownloadBar(workplace.err(), workplace.isTerminal()),
                () -> ThreadLocalRandom.current().nextDouble());
        return new ModelDownload(cache, variables).folder(source(), engine.find(EngineOptions.REVISION).orElse(null));
    }

    private static CommandFailure noFolder(Path path) {
        return CommandFailure.of("%s is not a folder; expected one with config.json, tokenizer.json and safetensors,"
                + " a Hugging Face repository (organisation/name) or a bucket (s3://..., gs://...)", path);
    }
}
