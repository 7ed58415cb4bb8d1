package io.barista.cli.up;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a suite, as written to {@code state.json}. Holds no secret.
 *
 * @param url   the gateway's
 * @param ready whether the ready line has been printed
 */
record SuiteState(ProcessIdentity supervisor, String url, String config, boolean ready, List<ServiceState> services) {

    /**
     * @param model    the id it serves; null for a service without a model
     * @param process  null while there is none
     * @param restarts how often it was started again
     */
    record ServiceState(String name, Role role, @Nullable String model, int port, Condition state,
            @Nullable ProcessIdentity process, int restarts) {

        /** The state with the processes of now: one that is gone has stopped, whatever was written last. */
        ServiceState checked() {
            return process == null || process.isAlive()
                    ? this
                    : new ServiceState(name, role, model, port, Condition.STOPPED, null, restarts);
        }
    }
}
