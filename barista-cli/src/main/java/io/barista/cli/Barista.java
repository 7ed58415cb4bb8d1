package io.barista.cli;

import io.barista.cli.bench.BenchCommand;
import io.barista.cli.offline.GenerateCommand;
import io.barista.cli.offline.LogitsCommand;
import io.barista.cli.offline.ParseCommand;
import io.barista.cli.offline.RenderCommand;
import io.barista.cli.offline.TokenizeCommand;
import io.barista.cli.serve.ServeCommand;
import io.barista.cli.up.DownCommand;
import io.barista.cli.up.LogsCommand;
import io.barista.cli.up.StatusCommand;
import io.barista.cli.up.UpCommand;
import java.util.function.Function;
import picocli.CommandLine;

/** The {@code barista} command's entry. */
public final class Barista {

    private Barista() {}

    public static void main(String[] args) {
        System.exit(commandLine(Workplace.current()).execute(dashed(args)));
    }

    /** The command with all its subcommands. Results go to the workplace's {@code out}, everything else to its {@code err}. */
    public static CommandLine commandLine(Workplace workplace) {
        CommandLine commandLine = new CommandLine(new BaristaCommand());
        commandLine.addSubcommand(new UpCommand(workplace));
        commandLine.addSubcommand(new StatusCommand(workplace));
        commandLine.addSubcommand(new LogsCommand(workplace));
        commandLine.addSubcommand(new DownCommand(workplace));
        addWithEngineFlags(commandLine, flags -> new ServeCommand(workplace, flags));
        addWithEngineFlags(commandLine, flags -> new GenerateCommand(workplace, flags));
        commandLine.addSubcommand(new LogitsCommand(workplace));
        commandLine.addSubcommand(new TokenizeCommand(workplace));
        commandLine.addSubcommand(new RenderCommand(workplace));
        commandLine.addSubcommand(new ParseCommand(workplace));
        commandLine.addSubcommand(new BenchCommand(workplace));

        Failures failures = new Failures(workplace.err());
        return commandLine.setOut(workplace.outWriter()).setErr(workplace.errWriter())
                .setParameterExceptionHandler(failures).setExecutionExceptionHandler(failures)
                .setCaseInsensitiveEnumValuesAllowed(true).setUsageHelpAutoWidth(true);
    }

    private static void addWithEngineFlags(CommandLine parent, Function<EngineFlagSet, Object> command) {
        EngineFlagSet flags = new EngineFlagSet();
        CommandLine commandLine = new CommandLine(command.apply(flags));
        flags.addTo(commandLine.getCommandSpec());
        parent.addSubcommand(commandLine);
    }

    /** Flags with underscores, as vLLM takes them too, with dashes. */
    static String[] dashed(String[] args) {
        String[] dashed = args.clone();
        for (int i = 0; i < args.length && !args[i].equals("--"); i++) {
            if (args[i].startsWith("--")) {
                int end = args[i].indexOf('=') < 0 ? args[i].length() : args[i].indexOf('=');
                dashed[i] = args[i].substring(0, end).replace('_', '-') + args[i].substring(end);
            }
        }
        return dashed;
    }
}
