package io.barista.openai;

/** An event of a stream whose events have names. */
public interface NamedEvent {

    /** The name of the event, which its JSON repeats. */
    String type();
}
