package io.barista.engine.lora;

import java.util.List;

/**
 * Where a model's adapters come from, by the name after the colon of {@code base:adapter}. Thread-safe; calls may block and are never made
 * by the engine loop. Names are whatever a client wrote: no path may be built from one that was not found first.
 */
public interface AdapterSource {

    /** None at all. */
    AdapterSource NONE = new FolderAdapters(List.of());

    /** Names that requests may use now, sorted; what has not been looked into yet may turn out to be broken. */
    List<String> names();

    /**
     * The version that requests should be answered with now; another version is another adapter. Asked for at every request, so a
     * source that must ask others keeps the answer for a while.
     *
     * @throws io.barista.engine.EngineException ADAPTER_NOT_FOUND; UNAVAILABLE when it cannot be told at present, and then requests
     *                                           are answered with the version that is there already, if any
     */
    String version(String name);

    /**
     * Brings the adapter's files here, complete and verified as far as the source can.
     *
     * @throws io.barista.engine.EngineException ADAPTER_NOT_FOUND; INVALID_ADAPTER with what is wrong with it; UNAVAILABLE
     */
    FetchedAdapter fetch(String name);
}
