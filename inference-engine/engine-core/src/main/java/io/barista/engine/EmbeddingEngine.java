package io.barista.engine;

import static io.barista.config.EngineOptions.BACKEND;

import io.barista.config.EngineConfig;
import io.barista.engine.backend.Backend;
import io.barista.engine.model.ModelFolder;
import io.barista.engine.model.Pooling;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One model, ready to make embeddings: what waits is computed together, in steps of the token budget, by a thread that owns the
 * device. Thread-safe.
 */
public final class EmbeddingEngine implements Engine {

    private final ModelFolder folder;
    private final EmbeddingLoop loop;

    private EmbeddingEngine(ModelFolder folder, EmbeddingLoop loop) {
        this.folder = folder;
        this.loop = loop;
    }

    /**
     * Loads the model; returns when it can be used. Any decoder will do, though only those made for it give embeddings of use.
     *
     * @param backends what this program was built with, best first
     * @throws EngineException INVALID_MODEL or INVALID_CONFIG
     */
    public static EmbeddingEngine start(ModelFolder folder, EngineConfig asked, List<Backend> backends) {
        BackendSelection selection = BackendSelection.choose(asked.get(BACKEND), backends);
        return new EmbeddingEngine(folder,
                EmbeddingLoop.start(new ModelAssembly(folder, asked, selection, (_, _) -> {})));
    }

    @Override
    public ResolvedEngineConfig config() {
        return loop.config();
    }

    @Override
    public ModelFolder model() {
        return folder;
    }

    /** Numbers of an embedding. */
    public int dimensions() {
        return folder.decoder().hiddenSize();
    }

    /** Whether embeddings have length 1. */
    public boolean isNormalised() {
        return folder.pooling().orElse(Pooling.USUAL).normalised();
    }

    @Override
    public boolean isAlive() {
        return loop.isAlive();
    }

    @Override
    public Duration sinceHeartbeat() {
        return loop.sinceHeartbeat();
    }

    @Override
    public void awaitEnd() {
        loop.awaitEnd();
    }

    /**
     * Completes with the embedding, or with an {@link EngineException}; cancelling it takes the request out.
     *
     * @param tokens complete: nothing is added; not to be changed until it completes
     * @throws EngineException INVALID_PARAMETER, CONTEXT_LENGTH_EXCEEDED, QUEUE_FULL or UNAVAILABLE
     */
    public CompletableFuture<float[]> embed(int[] tokens) {
        requireTokens(tokens);
        return loop.submit(tokens);
    }

    private void requireTokens(int[] tokens) {
        if (tokens.length == 0) {
            throw EngineException.invalid("input", "input must have at least one token");
        }
        int longest = loop.config().maxModelLen();
        if (tokens.length > longest) {
            throw new EngineException(EngineException.Code.CONTEXT_LENGTH_EXCEEDED,
                    ("This model's maximum context length is %d tokens. However, you requested %d tokens in the input "
                            + "for embedding generation. Please reduce the length of the input.")
                            .formatted(longest, tokens.length),
                    "input", null);
        }
        int vocabulary = folder.config().vocabSize();
        for (int token : tokens) {
            if (token < 0 || token >= vocabulary) {
                throw EngineException.invalid("input", "input: token id %d is not within the vocabulary of %d", token,
                        vocabulary);
            }
        }
    }

    /** Fails what has not completed. Idempotent. */
    @Override
    public void close() {
        loop.close();
    }
}
