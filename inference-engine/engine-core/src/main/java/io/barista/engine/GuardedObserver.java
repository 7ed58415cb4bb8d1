package io.barista.engine;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Metrics are never worth an engine: the first failure of an observer is logged, and all are survived. */
final class GuardedObserver implements EngineObserver {

    private static final Logger LOG = LoggerFactory.getLogger(GuardedObserver.class);

    private final EngineObserver observer;
    private volatile boolean failed;

    GuardedObserver(EngineObserver observer) {
        this.observer = observer;
    }

    @Override
    public void onStep(StepPhase phase, int sequences, int tokens, long nanos, long waited) {
        try {
            observer.onStep(phase, sequences, tokens, nanos, waited);
        } catch (RuntimeException e) {
            survive(e);
        }
    }

    @Override
    public void onFirstToken(long nanos) {
        try {
            observer.onFirstToken(nanos);
        } catch (RuntimeException e) {
            survive(e);
        }
    }

    @Override
    public void onNextToken(long nanos) {
        try {
            observer.onNextToken(nanos);
        } catch (RuntimeException e) {
            survive(e);
        }
    }

    @Override
    public void onFinish(RequestTimings request) {
        try {
            observer.onFinish(request);
        } catch (RuntimeException e) {
            survive(e);
        }
    }

    private void survive(RuntimeException failure) {
        if (!failed) {
            failed = true;
            LOG.warn("the observer of engine metrics failed; numbers are missing from here on", failure);
        }
    }
}
