package io.barista.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.EngineEvent.Completed;
import io.barista.engine.EngineEvent.Delta;
import io.barista.engine.EngineEvent.Failed;
import io.barista.engine.EngineEvent.PromptLogprobs;
import io.barista.engine.EngineEvent.SampleFinished;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Keeps what it hears, and fails the test that asks when events come in an order they must not. */
final class RecordingListener implements EngineListener {

    private final List<EngineEvent> events = new CopyOnWriteArrayList<>();
    private final CompletableFuture<EngineEvent> end = new CompletableFuture<>();

    @Override
    public void onEvent(EngineEvent event) {
        events.add(event);
        switch (event) {
            case Completed completed -> end.complete(completed);
            case Failed failed -> end.complete(failed);
            case PromptLogprobs _,Delta _,SampleFinished _ -> {
            }
        }
    }

    Completed completed() {
        return (Completed) end();
    }

    EngineException failure() {
        return ((Failed) end()).error();
    }

    /** Waits for the last event and checks that it is the only one of its kind. */
    EngineEvent end() {
        EngineEvent last = end.orTimeout(20, TimeUnit.SECONDS).join();
        assertThat(events.stream().filter(event -> event instanceof Completed || event instanceof Failed)).hasSize(1);
        assertThat(events.getLast()).isSameAs(last);
        return last;
    }

    boolean hasEnded() {
        return end.isDone();
    }

    List<EngineEvent> events() {
        return events;
    }

    List<Integer> tokens(int sample) {
        return deltas(sample).stream().flatMap(delta -> Arrays.stream(delta.tokens()).boxed()).toList();
    }

    String text(int sample) {
        return deltas(sample).stream().map(Delta::text).collect(Collectors.joining());
    }

    SampleFinished finished(int sample) {
        return events.stream().filter(SampleFinished.class::isInstance).map(SampleFinished.class::cast)
                .filter(event -> event.sample() == sample)
                .collect(Collectors.collectingAndThen(Collectors.toList(), all -> {
                    assertThat(all).hasSize(1);
                    return all.getFirst();
                }));
    }

    private List<Delta> deltas(int sample) {
        return events.stream().filter(Delta.class::isInstance).map(Delta.class::cast)
                .filter(delta -> delta.sample() == sample).toList();
    }
}
