package io.barista.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a command sees of the world.
 *
 * @param installation the repository with the built services and the demo model
 * @param folder       the current folder, where {@code .barista/} is kept
 * @param isTerminal   whether somebody watches
 */
public record Workplace(Path installation, Path folder, Map<String, String> environment, InputStream in,
        PrintStream out, PrintStream err, boolean isTerminal) {

    /** The process's own; the launcher passes the repository as {@code barista.root}. */
    static Workplace current() {
        Path folder = Path.of("").toAbsolutePath();
        String root = System.getProperty("barista.root");
        return new Workplace(root == null ? folder : Path.of(root), folder, System.getenv(), System.in, System.out,
                System.err, System.console() != null && System.console().isTerminal());
    }

    /** A non-empty environment variable. */
    public Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    PrintWriter outWriter() {
        return new PrintWriter(out, true, StandardCharsets.UTF_8);
    }

    PrintWriter errWriter() {
        return new PrintWriter(err, true, StandardCharsets.UTF_8);
    }
}
