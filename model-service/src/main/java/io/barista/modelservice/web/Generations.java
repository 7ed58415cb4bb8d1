package io.barista.modelservice.web;

import io.barista.engine.EngineEvent;
import io.barista.engine.GenerationRequest;
import io.barista.modelservice.engine.EngineStream;
import io.barista.modelservice.engine.ServedModel;
import io.barista.modelservice.lifecycle.InFlight;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;

/** The engine's events of a request, as long as the client listens and the service is not told to stop. */
@Component
final class Generations {

    /** Seconds of tokens, and far more than one burst of the engine. */
    private static final int EVENTS_A_READER_MAY_LAG = 1024;

    private final InFlight inFlight;
    private final Scheduler answering;

    Generations(InFlight inFlight, Scheduler answering) {
        this.inFlight = inFlight;
        this.answering = answering;
    }

    Flux<EngineEvent> of(ServedModel model, GenerationRequest generation) {
        return inFlight.track(new EngineStream(model.engine(), answering, EVENTS_A_READER_MAY_LAG)
                .submit(generation.with(model.adapter())));
    }
}
