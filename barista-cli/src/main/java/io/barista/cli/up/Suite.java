package io.barista.cli.up;

import io.barista.cli.Workplace;
import io.barista.cli.process.Guard;
import io.barista.cli.process.ListenAddress;
import io.barista.cli.process.Ports;
import io.barista.cli.process.ProcessIdentity;
import io.barista.cli.process.ReadyMessage;
import io.barista.cli.process.Role;
import io.barista.cli.process.ServicePlan;
import io.barista.cli.process.ServiceStarter;
import io.barista.cli.process.Signals;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Puts a suite together: plans, supervisor, guard, signals, and the state that others read. */
final class Suite {

    /** A little longer than the gateway gives the requests that it has begun. */
    private static final Duration STOP_GRACE = Duration.ofSeconds(65);

    private final Workplace workplace;
    private final SuiteFolder folder;
    private final StateFile stateFile;

    Suite(Workplace workplace, SuiteFolder folder, StateFile stateFile) {
        this.workplace = workplace;
        this.folder = folder;
        this.stateFile = stateFile;
    }

    /** Returns when the suite was told to stop and has stopped; see {@link Supervisor#run} for its failures. */
    void run(Models models, ListenAddress address, @Nullable Integer registryPort, Optional<String> apiKey,
            Duration startTimeout, boolean inBackground) throws IOException, InterruptedException {
        List<PrintStream> listeners = new ArrayList<>(List.of(workplace.err()));
        if (!inBackground) { // there standard error is the supervisor's log already
            listeners.add(new PrintStream(folder.log(SuiteFolder.SUPERVISOR).toFile(), StandardCharsets.UTF_8));
        }
        Narrator narrator = new Narrator(listeners, Clock.systemDefaultZone());

        Programs programs = Programs.prepare(workplace);
        List<ServicePlan> plans = new SuitePlanner(programs::command, folder, new Ports(ThreadLocalRandom.current()))
                .plan(models, address, registryPort);
        SuiteState atFirst = new SuiteState(ProcessIdentity.self(), address.url().toString(),
                models.file().toString(), false, List.of());

        try (Guard guard = Guard.start()) {
            StateWriter writer = new StateWriter(stateFile, atFirst, narrator);
            Supervisor supervisor = new Supervisor(plans, Set.of(Role.LORA_REGISTRY),
                    new ServiceStarter(workplace.folder(), apiKey), guard, folder,
                    narrator, Clock.systemUTC(), writer::servicesChanged, STOP_GRACE);
            Signals.onStop(supervisor::requestStop);
            narrator.event("starting %d services of %s", plans.size(), models.file());
            supervisor.run(startTimeout, () -> {
                SuiteState ready = writer.ready();
                if (!inBackground) {
                    workplace.out().println(ReadyMessage.of(ready.url(), ready.models(), apiKey.isPresent()));
                    workplace.err().println("Ctrl-C stops it.");
                }
            });
            narrator.event("stopped");
        }
    }

    /** Keeps {@code state.json} up to date. Confined to the supervisor's thread. */
    private static final class StateWriter {

        private final StateFile file;
        private final Narrator narrator;
        private SuiteState state;
        private boolean isBroken;

        StateWriter(StateFile file, SuiteState state, Narrator narrator) {
            this.file = file;
            this.state = state;
            this.narrator = narrator;
        }

        void servicesChanged(List<ManagedService> services) {
            write(new SuiteState(state.supervisor(), state.url(), state.config(), state.ready(),
                    services.stream().map(ManagedService::state).toList()));
        }

        SuiteState ready() {
            write(new SuiteState(state.supervisor(), state.url(), state.config(), true, state.services()));
            return state;
        }

        /** A full disk blinds status; it must not keep the suite from serving, nor from stopping. */
        private void write(SuiteState next) {
            state = next;
            try {
                file.write(next);
            } catch (IOException broken) {
                if (!isBroken) {
                    isBroken = true;
                    narrator.event("state cannot be written, status will be wrong: %s", broken);
                }
            }
        }
    }
}
