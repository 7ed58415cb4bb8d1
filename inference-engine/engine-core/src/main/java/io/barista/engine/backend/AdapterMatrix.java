package io.barista.engine.backend;

/** The slots of one packed matrix, each empty or holding one adapter's low-rank additions; layout is the backend's own. */
public interface AdapterMatrix {

    AdapterShape shape();
}
