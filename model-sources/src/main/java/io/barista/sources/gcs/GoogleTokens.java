package io.barista.sources.gcs;

import java.io.IOException;
import java.util.Optional;

/** Where access tokens come from. Thread-safe. */
interface GoogleTokens extends AutoCloseable {

    /** For public buckets and emulators. */
    GoogleTokens NONE = Optional::empty;

    /** A token that is valid now; empty to ask without one. */
    Optional<String> current() throws IOException, InterruptedException;

    @Override
    default void close() {}
}
