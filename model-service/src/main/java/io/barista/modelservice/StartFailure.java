package io.barista.modelservice;

/** Ends a process that cannot serve: the reason in one line, the last one on standard error. */
@FunctionalInterface
interface StartFailure {

    void exit(String reason);

    /** For a process of its own. */
    static StartFailure ofProcess() {
        return reason -> {
            System.err.println("model-service cannot start: " + reason);
            // Shutdown hooks would wait for a context that may be half built, and there is nothing to finish.
            Runtime.getRuntime().halt(1);
        };
    }
}
