package io.barista.modelservice.metrics;

import io.barista.engine.EngineObserver;
import io.barista.engine.RequestTimings;
import io.barista.engine.StepPhase;
import java.util.List;

/** Several observers as one. */
record Observers(List<EngineObserver> all) implements EngineObserver {

    @Override
    public void onStep(StepPhase phase, int sequences, int tokens, long nanos, long waited) {
        for (EngineObserver observer : all) {
            observer.onStep(phase, sequences, tokens, nanos, waited);
        }
    }

    @Override
    public void onFirstToken(long nanos) {
        for (EngineObserver observer : all) {
            observer.onFirstToken(nanos);
        }
    }

    @Override
    public void onNextToken(long nanos) {
        for (EngineObserver observer : all) {
            observer.onNextToken(nanos);
        }
    }

    @Override
    public void onFinish(RequestTimings request) {
        for (EngineObserver observer : all) {
            observer.onFinish(request);
        }
    }
}
