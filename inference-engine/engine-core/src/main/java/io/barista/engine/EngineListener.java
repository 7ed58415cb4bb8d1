package io.barista.engine;

/** Receives the events of one request, one at a time, on an engine output thread. Must not block: hand over and return. */
@FunctionalInterface
public interface EngineListener {

    void onEvent(EngineEvent event);
}
