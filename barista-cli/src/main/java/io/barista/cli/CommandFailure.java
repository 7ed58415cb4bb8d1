package io.barista.cli;

/** Ends a command with one line for the user: what was expected, what came, what to do. */
public final class CommandFailure extends RuntimeException {

    private final int exitCode;

    private CommandFailure(int exitCode, String message) {
        super(message, null, false, false);
        this.exitCode = exitCode;
    }

    public static CommandFailure of(String format, Object... args) {
        return new CommandFailure(1, format.formatted(args));
    }

    /** A failure with another exit code than 1. */
    public static CommandFailure withExitCode(int exitCode, String message) {
        return new CommandFailure(exitCode, message);
    }

    public int exitCode() {
        return exitCode;
    }
}
