package io.barista.modelservice.engine;

import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.config.ModelConversion;
import io.barista.config.ModelRunner;
import io.barista.config.ModelTask;
import io.barista.engine.EngineException;
import io.barista.engine.model.ModelFolder;
import java.util.Locale;

/** What a model is served for. */
enum Purpose {

    TEXT, EMBEDDINGS;

    /**
     * As asked; else embeddings where the folder says how they are pooled, as vLLM has it, since folders of sentence-transformers
     * may hold a model that could write, too.
     *
     * @throws EngineException INVALID_CONFIG when the knobs contradict each other
     */
    static Purpose of(EngineConfig asked, ModelFolder folder) {
        ModelTask task = asked.get(EngineOptions.TASK);
        ModelRunner runner = asked.get(EngineOptions.RUNNER);
        ModelConversion conversion = asked.get(EngineOptions.CONVERT);
        boolean embeds = task == ModelTask.EMBED || runner == ModelRunner.POOLING
                || conversion == ModelConversion.EMBED;
        boolean writes = task == ModelTask.GENERATE || runner == ModelRunner.GENERATE;
        if (embeds && writes) {
            throw EngineException.of(EngineException.Code.INVALID_CONFIG,
                    "task: %s, runner: %s and convert: %s contradict each other; give one of them",
                    word(task), word(runner), word(conversion));
        }
        if (embeds || writes) {
            return embeds ? EMBEDDINGS : TEXT;
        }
        return folder.pooling().isPresent() ? EMBEDDINGS : TEXT;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
