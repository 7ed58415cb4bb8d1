package io.barista.cli.up;

import java.io.PrintStream;
import java.time.Clock;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** Tells the user what happens, line by line, and keeps the same lines in a log where there is one. */
final class Narrator {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

    private final List<PrintStream> listeners;
    private final Clock clock;

    Narrator(List<PrintStream> listeners, Clock clock) {
        this.listeners = List.copyOf(listeners);
        this.clock = clock;
    }

    /** One event, with its time of day. */
    void event(String format, Object... args) {
        plain(TIME.format(LocalTime.now(clock)) + "  " + format.formatted(args));
    }

    /** Text as it is. */
    void plain(String text) {
        for (PrintStream listener : listeners) {
            listener.println(text);
        }
    }
}
