package io.barista.modelservice.engine;

import io.barista.config.ConfigException;
import io.barista.engine.EngineException;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.sources.SourceException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the model up on a thread of its own, so that health can be asked while gigabytes are read, and holds it until the
 * service closes. Thread-safe.
 */
public final class ModelHost implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ModelHost.class);

    private sealed interface State {

        record Loading() implements State {}

        record Ready(HostedModel model) implements State {}

        record Closed() implements State {}
    }

    private final Supplier<? extends HostedModel> loader;
    private final Consumer<String> onFailure;
    private final State loading = new State.Loading();
    private final AtomicReference<State> state = new AtomicReference<>(loading);

    /**
     * @param loader    finds and loads the model; takes its time
     * @param onFailure told in one line why there is no model: it could not be loaded, or its engine failed while it served
     */
    public ModelHost(Supplier<? extends HostedModel> loader, Consumer<String> onFailure) {
        this.loader = loader;
        this.onFailure = onFailure;
    }

    /** Begins to load; returns at once. */
    public void start() {
        Thread.ofPlatform().name("model-loader").daemon().start(this::load);
    }

    /** The model once it is loaded. */
    public Optional<HostedModel> ready() {
        return state.get() instanceof State.Ready(HostedModel model) ? Optional.of(model) : Optional.empty();
    }

    /** @throws ApiException UNAVAILABLE when there is no model yet, or no more */
    public HostedModel require() {
        return ready().orElseThrow(() -> new ApiException(ErrorCode.UNAVAILABLE,
                "The model is not loaded. Ask /actuator/health/readiness for when it is."));
    }

    /** Frees the model; requests in flight fail. */
    @Override
    public void close() {
        if (state.getAndSet(new State.Closed()) instanceof State.Ready(HostedModel model)) {
            model.close();
        }
    }

    private void load() {
        try {
            HostedModel model = loader.get();
            if (!state.compareAndSet(loading, new State.Ready(model))) {
                model.close();
                return;
            }
            model.engine().awaitEnd();
            if (state.get() instanceof State.Ready) {
                onFailure.accept("the engine failed; the log says why");
            }
        } catch (ConfigException | EngineException | SourceException | IllegalArgumentException e) {
            onFailure.accept(String.valueOf(e.getMessage()));
        } catch (Throwable e) {
            log.error("loading failed", e);
            onFailure.accept("loading failed: " + e);
        }
    }
}
