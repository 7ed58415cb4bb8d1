package io.barista.cli.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Ends the services when the supervisor is killed outright: a small shell at the other end of a pipe, which knows their process
 * ids and hears of the supervisor's death as the end of its input. Needs nothing from the services.
 */
public final class Guard implements AutoCloseable {

    private final OutputStream pipe;

    private Guard(OutputStream pipe) {
        this.pipe = pipe;
    }

    public static Guard start() throws IOException {
        Process shell = new ProcessBuilder("/bin/sh", "-c", script(), "barista-guard")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        return new Guard(shell.getOutputStream());
    }

    private static String script() throws IOException {
        try (InputStream script = Guard.class.getResourceAsStream("guard.sh")) {
            if (script == null) {
                throw new IOException("guard.sh is missing beside " + Guard.class);
            }
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    public void started(long pid) {
        tell("+" + pid);
    }

    public void ended(long pid) {
        tell("-" + pid);
    }

    private void tell(String line) {
        try {
            pipe.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
            pipe.flush();
        } catch (IOException broken) {
            throw new UncheckedIOException("the guard process is gone", broken);
        }
    }

    /** The guard ends whatever it was not told has ended. */
    @Override
    public void close() throws IOException {
        pipe.close();
    }
}
