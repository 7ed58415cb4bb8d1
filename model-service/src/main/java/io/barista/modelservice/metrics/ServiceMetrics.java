package io.barista.modelservice.metrics;

import io.barista.engine.EngineObserver;
import io.barista.engine.LlmEngine;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;

/** All metrics of one model: observe with {@link #observer}, then {@link #bind} the engine that is observed. */
public final class ServiceMetrics {

    private final EngineMetrics engine;
    private final EngineObserver observer;

    /** @param maxModelLen where the boundaries of token counts end */
    public ServiceMetrics(PrometheusMeterRegistry registry, String model, int maxModelLen) {
        this.engine = new EngineMetrics(registry, model, maxModelLen);
        this.observer = new Observers(List.of(engine, new GenAiMetrics(registry, model)));
    }

    public EngineObserver observer() {
        return observer;
    }

    /** Adds what the engine can be asked at any time. */
    public void bind(LlmEngine running) {
        engine.bind(running);
    }
}
