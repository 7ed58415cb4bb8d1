package io.barista.cli;

import io.barista.cli.bench.BenchCommand;
import io.barista.cli.up.DownCommand;
import io.barista.cli.up.LogsCommand;
import io.barista.cli.up.StatusCommand;
import io.barista.cli.up.UpCommand;
import picocli.CommandLine;

/** The {@code barista} command's entry. */
public final class Barista {

    private Barista() {}

    public static void main(String[] args) {
        System.exit(commandLine(Workplace.current()).execute(args));
    }

    /** The command with all its subcommands. Results go to the workplace's {@code out}, everything else to its {@code err}. */
    public static CommandLine commandLine(Workplace workplace) {
        CommandLine commandLine = new CommandLine(new BaristaCommand());
        commandLine.addSubcommand(new UpCommand(workplace));
        commandLine.addSubcommand(new StatusCommand(workplace));
        commandLine.addSubcommand(new LogsCommand(workplace));
        commandLine.addSubcommand(new DownCommand(workplace));
        commandLine.addSubcommand(new BenchCommand(workplace));
        Failures failures = new Failures(workplace.err());
        return commandLine.setOut(workplace.outWriter()).setErr(workplace.errWriter())
                .setParameterExceptionHandler(failures).setExecutionExceptionHandler(failures)
                .setCaseInsensitiveEnumValuesAllowed(true).setUsageHelpAutoWidth(true);
    }
}
