package io.barista.config;

/** What asking for a knob does. There is no fourth case: a key is never silently dropped. */
public sealed interface Effect {

    /** It changes what runs. */
    record Honoured() implements Effect {}

    /** Accepted, logged once and listed as ignored on backends without an accelerator. */
    record IgnoredOnCpu(String reason) implements Effect {}

    /** Accepted, logged once and listed as ignored everywhere. */
    record Ignored(String reason) implements Effect {}

    /** An error that gives the reason, unless the value is the harmless one. */
    record Refused(Object harmlessValue, String reason) implements Effect {}
}
