package io.barista.cli.up;

import io.barista.cli.process.ProcessIdentity;
import io.barista.cli.process.Role;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a suite, as written to {@code state.json}. Holds no secret.
 *
 * @param url   the gateway's
 * @param ready whether the ready line has been printed
 */
record SuiteState(ProcessIdentity supervisor, String url, String config, boolean ready, List<ServiceState> services) {

    /** Ids of the models, each once. */
    List<String> models() {
        return services.stream().map(ServiceState::model).filter(Objects::nonNull).distinct().toList();
    }

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
