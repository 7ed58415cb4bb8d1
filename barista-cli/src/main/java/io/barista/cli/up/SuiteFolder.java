package io.barista.cli.up;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The {@code .barista/} of one folder: state, logs and the lock of the suite that was started there. */
record SuiteFolder(Path parent) {

    /** The log of the supervisor itself. */
    static final String SUPERVISOR = "supervisor";

    private Path path() {
        return parent.resolve(".barista");
    }

    Path stateFile() {
        return path().resolve("state.json");
    }

    Path lockFile() {
        return path().resolve("lock");
    }

    Path log(String service) {
        return path().resolve("logs", service + ".log");
    }

    /** As a user in this folder would name it. */
    String shown(Path file) {
        return parent.relativize(file).toString();
    }

    void create() throws IOException {
        Files.createDirectories(path().resolve("logs"));
    }

    /** Names of the services that left a log, in order. */
    List<String> loggedServices() throws IOException {
        Path logs = path().resolve("logs");
        if (!Files.isDirectory(logs)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(logs)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".log"))
                    .map(name -> name.substring(0, name.length() - ".log".length())).sorted().toList();
        }
    }

    /** Logs are those of the newest suite. */
    void deleteServiceLogs() throws IOException {
        for (String service : loggedServices()) {
            if (!service.equals(SUPERVISOR)) {
                Files.deleteIfExists(log(service));
            }
        }
    }
}
