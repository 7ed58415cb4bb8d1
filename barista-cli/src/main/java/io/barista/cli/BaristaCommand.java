package io.barista.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

@Command(name = "barista", description = "Large language models served on the JVM.",
        footer = "%nStart here: ./barista up", mixinStandardHelpOptions = true, versionProvider = Version.class,
        subcommands = HelpCommand.class, synopsisSubcommandLabel = "COMMAND")
final class BaristaCommand implements Runnable {

    @Override
    public void run() {
        throw CommandFailure.withExitCode(2,
                "which command? ./barista up serves the demo model, --help shows the others");
    }
}
