package io.barista.cli.process;

import sun.misc.Signal;

/** Ctrl-C and {@code kill}, as calls instead of an abrupt end. */
public final class Signals {

    private Signals() {}

    /** From now on each INT, TERM or HUP calls {@code action}, on a thread of its own, and does nothing else. */
    public static void onStop(Runnable action) {
        for (String name : new String[]{"INT", "TERM", "HUP"}) {
            Signal.handle(new Signal(name), _ -> action.run());
        }
    }
}
