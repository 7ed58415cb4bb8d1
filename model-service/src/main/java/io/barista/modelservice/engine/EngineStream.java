package io.barista.modelservice.engine;

import io.barista.engine.EngineEvent;
import io.barista.engine.EngineListener;
import io.barista.engine.GenerationRequest;
import io.barista.engine.LlmEngine;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.FluxSink.OverflowStrategy;
import reactor.core.scheduler.Scheduler;

/**
 * A request to the engine as a stream of its events. Subscribing submits it; cancelling, or reading so slowly that the bounded
 * queue overflows, aborts it, so that nobody's blocks are held for a reader who is not there.
 */
public final class EngineStream {

    private final LlmEngine engine;
    private final Scheduler outputs;
    private final int queue;

    /**
     * @param outputs where events are turned into answers: neither the engine's threads nor the event loop's
     * @param queue   events a reader may lag behind
     */
    public EngineStream(LlmEngine engine, Scheduler outputs, int queue) {
        this.engine = engine;
        this.outputs = outputs;
        this.queue = queue;
    }

    /** Ends after {@link EngineEvent.Completed}, or with the {@link io.barista.engine.EngineException} of a refusal or failure. */
    public Flux<EngineEvent> submit(GenerationRequest request) {
        return Flux.<EngineEvent>create(sink -> submit(request, sink), OverflowStrategy.ERROR).publishOn(outputs,
                queue);
    }

    private void submit(GenerationRequest request, FluxSink<EngineEvent> sink) {
        AtomicBoolean ended = new AtomicBoolean();
        sink.onDispose(() -> {
            if (!ended.get()) {
                engine.abort(request.id());
            }
        });
        EngineListener listener = event -> {
            switch (event) {
                case EngineEvent.PromptLogprobs prompt -> sink.next(prompt);
                case EngineEvent.Delta delta -> sink.next(delta);
                case EngineEvent.SampleFinished finished -> sink.next(finished);
                case EngineEvent.Completed completed -> {
                    ended.set(true);
                    sink.next(completed);
                    sink.complete();
                }
                case EngineEvent.Failed failed -> {
                    ended.set(true);
                    sink.error(failed.error());
                }
            }
        };
        engine.submit(request, listener);
        if (sink.isCancelled()) {
            // the reader left before the engine knew the request, so the abort above found nothing to abort
            engine.abort(request.id());
        }
    }
}
