package io.barista.modelservice.engine;

import io.barista.config.EngineConfig;
import io.barista.config.IgnoredKey;
import io.barista.engine.Engine;
import io.barista.engine.ResolvedEngineConfig;
import io.barista.engine.chat.ChatTemplate;
import io.barista.engine.tokenizer.Tokenizer;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What this process serves: a model that writes, or one that makes embeddings. */
public sealed interface HostedModel permits ServedModel, EmbeddingModel {

    /** What clients may call it; the first is the one in answers. */
    List<String> names();

    /** The knobs as configured. */
    EngineConfig asked();

    /** What was asked for and has no effect here. */
    List<IgnoredKey> ignored();

    /** Null for a model without one. */
    @Nullable
    ChatTemplate template();

    /** When it was loaded, in seconds since 1970. */
    long created();

    Engine engine();

    /** Frees it; requests in flight fail. */
    default void close() {
        engine().close();
    }

    default Tokenizer tokenizer() {
        return engine().model().tokenizer();
    }

    /** What runs, as opposed to what was asked for. */
    default ResolvedEngineConfig config() {
        return engine().config();
    }

    /** Token ids go from 0 up to this. */
    default int vocabSize() {
        return engine().model().config().vocabSize();
    }

    default String name() {
        return names().getFirst();
    }

    default int maxModelLen() {
        return config().maxModelLen();
    }

    /**
     * Checks that a request means this model; leaving the name out is fine, since there is only one.
     *
     * @throws ApiException MODEL_NOT_FOUND
     */
    default void requireName(@Nullable String asked) {
        if (asked != null && !asked.isEmpty() && !names().contains(asked)) {
            throw ApiException.of(ErrorCode.MODEL_NOT_FOUND, "model", "The model `%s` does not exist.", asked);
        }
    }
}
