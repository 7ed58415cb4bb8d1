package io.barista.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** The wait for a thread of the engine that loads the model. */
final class Startup {

    private Startup() {}

    /**
     * Returns what the thread made.
     *
     * @throws EngineException what prevented it
     */
    static <T> T await(CompletableFuture<T> ready) {
        try {
            return ready.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof EngineException named
                    ? named
                    : new EngineException(EngineException.Code.INTERNAL, "the model cannot be loaded: " + e.getCause(),
                            null, e.getCause());
        }
    }
}
