package io.barista.engine;

/**
 * Receives the events of one request, one at a time, on a thread of the request's own: one that is slow delays nobody else. The request of
 * one that throws is aborted, and it hears nothing more.
 */
@FunctionalInterface
public interface EngineListener {

    void onEvent(EngineEvent event);
}
