package io.barista.cli.up;

import io.barista.cli.CommandFailure;
import io.barista.cli.Workplace;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "logs", description = "Shows what the services of this folder's suite have logged.",
        mixinStandardHelpOptions = true)
public final class LogsCommand implements Callable<Integer> {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

    private final Workplace workplace;

    @Parameters(paramLabel = "SERVICE", arity = "0..1",
            description = "One service, by its name in status, or supervisor. All when absent.")
    private @Nullable String service;

    @Option(names = {"-f", "--follow"}, description = "Goes on with what is logged from now on, until Ctrl-C.")
    private boolean follow;

    @Option(names = {"-n", "--lines"}, paramLabel = "N", description = "Only the last N lines of each log.")
    private @Nullable Integer lines;

    public LogsCommand(Workplace workplace) {
        this.workplace = workplace;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        SuiteFolder folder = new SuiteFolder(workplace.folder());
        List<String> known = folder.loggedServices();
        if (known.isEmpty()) {
            throw CommandFailure.of("no suite was started in %s", workplace.folder());
        }
        if (service != null && !known.contains(service)) {
            throw CommandFailure.of("no log of %s; there are %s", service, String.join(", ", known));
        }
        Map<String, FollowedFile> logs = new LinkedHashMap<>();
        for (String name : service == null ? known : List.of(service)) {
            logs.put(name, new FollowedFile(folder.log(name)));
        }
        show(logs, lines == null ? Integer.MAX_VALUE : lines);
        while (follow && !workplace.out().checkError()) {
            Thread.sleep(LOOK_AGAIN);
            show(logs, Integer.MAX_VALUE);
        }
        return 0;
    }

    private void show(Map<String, FollowedFile> logs, int atMost) throws IOException {
        int width = logs.keySet().stream().mapToInt(String::length).max().orElse(0);
        for (Map.Entry<String, FollowedFile> log : logs.entrySet()) {
            List<String> newest = log.getValue().newLines();
            for (String line : newest.subList(Math.max(0, newest.size() - atMost), newest.size())) {
                workplace.out()
                        .println(logs.size() == 1
                                ? line
                                : log.getKey() + " ".repeat(width - log.getKey().length()) + " | " + line);
            }
        }
    }
}
