package io.barista.engine.runner;

import io.barista.engine.scheduler.Sequence;

/** Sees the raw logits before a token is chosen from them. */
@FunctionalInterface
public interface LogitsTap {

    LogitsTap NONE = (_, _) -> {};

    /** @param logits [vocabSize], to be copied if they are to be kept */
    void onLogits(Sequence sequence, float[] logits);
}
