package io.barista.config;

import org.jspecify.annotations.Nullable;

/** What asking for a key does. There is no other case: a key is never silently dropped. */
public sealed interface Effect {

    /** It changes what runs. */
    record Honoured() implements Effect {}

    /** Accepted, logged once and listed as ignored on backends without an accelerator. */
    record IgnoredOnCpu(String reason) implements Effect {}

    /** Accepted, logged once and listed as ignored everywhere. */
    record Ignored(String reason) implements Effect {}

    /**
     * An error that gives the reason, unless the value is the harmless one.
     *
     * @param harmlessValue the value that asks for nothing; null when every value is refused
     */
    record Refused(@Nullable Object harmlessValue, String reason) implements Effect {}
}
