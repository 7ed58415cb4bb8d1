package io.barista.modelservice.metrics;

import io.barista.engine.EngineObserver;
import io.barista.engine.RequestTimings;
import java.util.List;

/** Several observers as one. */
record Observers(List<EngineObserver> all) implements EngineObserver {

    @Override
    public void onStep(int sequences, int tokens, long nanos) {
        for (EngineObserver observer : all) {
            observer.onStep(sequences, tokens, nanos);
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
