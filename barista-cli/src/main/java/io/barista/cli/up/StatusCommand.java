package io.barista.cli.up;

import io.barista.cli.Workplace;
import io.barista.cli.process.ProcessIdentity;
import io.barista.cli.up.SuiteState.ServiceState;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.json.JsonMapper;

@Command(name = "status", description = "Shows the services of the suite that was started in this folder.",
        mixinStandardHelpOptions = true)
public final class StatusCommand implements Callable<Integer> {

    private final Workplace workplace;
    private final Clock clock;

    @Option(names = "--json", description = "As JSON: {\"services\":[...]}.")
    private boolean json;

    public StatusCommand(Workplace workplace) {
        this(workplace, Clock.systemUTC());
    }

    StatusCommand(Workplace workplace, Clock clock) {
        this.workplace = workplace;
        this.clock = clock;
    }

    /** What is written as JSON. */
    record Status(List<Line> services) {}

    /**
     * @param pid     null while there is no process
     * @param uptimeS seconds since the process was started; 0 while there is none
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Line(String name, @Nullable String model, @Nullable Long pid, int port, Condition state, long uptimeS,
            int restarts) {}

    @Override
    public Integer call() throws IOException {
        Optional<SuiteState> state = new StateFile(new SuiteFolder(workplace.folder()).stateFile()).read();
        List<Line> lines = state.stream().flatMap(suite -> suite.services().stream()).map(ServiceState::checked)
                .map(this::line).toList();
        if (json) {
            workplace.out().println(JsonMapper.builder().build().writeValueAsString(new Status(lines)));
        } else if (state.isEmpty()) {
            workplace.out().println("Nothing is running in " + workplace.folder());
        } else {
            print(state.get(), lines);
        }
        return 0;
    }

    private Line line(ServiceState service) {
        ProcessIdentity process = service.process();
        return new Line(service.name(), service.model(), process == null ? null : process.pid(), service.port(),
                service.state(), process == null ? 0 : Math.max(0, clock.millis() - process.startedMs()) / 1000,
                service.restarts());
    }

    private void print(SuiteState suite, List<Line> lines) {
        String row = "%-18s %-24s %8s %6s  %-9s %8s%n";
        workplace.out().printf(row, "NAME", "MODEL", "PID", "PORT", "STATE", "UPTIME");
        for (Line line : lines) {
            workplace.out().printf(row, line.name(), line.model() == null ? "-" : line.model(),
                    line.pid() == null ? "-" : line.pid(), line.port(), line.state(), line.uptimeS() + " s");
        }
        if (!suite.supervisor().isAlive()) {
            workplace.err().println("The supervisor was killed; ./barista up or down clears up what it left.");
        }
    }
}
