package io.barista.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** One command, run in this process as the launcher would. */
public record CommandRun(int exitCode, String out, String err) {

    private static final Path ROOT = Path.of(System.getProperty("barista.root"));

    public static CommandRun of(Path folder, String... arguments) {
        return with(ROOT, folder, "", arguments);
    }

    public static CommandRun with(Path installation, Path folder, String input, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exitCode = Barista.commandLine(new Workplace(installation, folder, Map.of(),
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), new PrintStream(out, true),
                new PrintStream(err, true), false)).execute(Barista.dashed(arguments));
        return new CommandRun(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** The demo model's folder. */
    public static Path demo() {
        return ROOT.resolve("models/barista-demo");
    }

    public String lastError() {
        return err.lines().toList().getLast();
    }
}
