package io.barista.cli.up;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for other processes; the deadline is only there so that a broken test ends. */
final class Eventually {

    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private Eventually() {}

    static void until(String what, Callable<Boolean> holds) throws Exception {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!holds.call()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("never came: " + what);
            }
            Thread.sleep(20);
        }
    }
}
