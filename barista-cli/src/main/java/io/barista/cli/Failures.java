package io.barista.cli;

import io.barista.config.ConfigException;
import io.barista.config.Nearest;
import io.barista.engine.EngineException;
import io.barista.engine.chat.ChatTemplateException;
import io.barista.sources.SourceException;
import java.io.PrintStream;
import java.nio.file.FileSystemException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Every failure ends with one line on standard error; only our own faults show where they happened. */
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {

    private static final int USAGE = 2;

    private final PrintStream err;

    Failures(PrintStream err) {
        this.err = err;
    }

    @Override
    public int handleParseException(ParameterException failure, String[] args) {
        String command = failure.getCommandLine().getCommandSpec().qualifiedName();
        err.println(command + ": " + inWords(failure) + " (" + command + " --help shows what there is)");
        return USAGE;
    }

    private static String inWords(ParameterException failure) {
        if (failure instanceof UnmatchedArgumentException unmatched) {
            return inWords(unmatched.getUnmatched().getFirst(), failure.getCommandLine());
        }
        String message = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
        return message.isEmpty() ? "wrong usage" : Character.toLowerCase(message.charAt(0)) + message.substring(1);
    }

    private static String inWords(String unmatched, CommandLine commandLine) {
        CommandSpec command = commandLine.getCommandSpec();
        if (unmatched.startsWith("-")) {
            List<String> options = command.options().stream().filter(option -> !option.hidden())
                    .map(OptionSpec::longestName).toList();
            String option = unmatched.replaceFirst("=.*", "");
            return "unknown option " + option + ", did you mean " + Nearest.to(option, options) + "?";
        }
        if (!command.subcommands().isEmpty()) {
            String nearest = Nearest.to(unmatched, command.subcommands().keySet());
            return "unknown command " + unmatched + ", did you mean " + nearest + "?";
        }
        return "unexpected argument " + unmatched;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine commandLine, ParseResult parsed) {
        String command = commandLine.getCommandSpec().qualifiedName();
        switch (failure) {
            case CommandFailure expected -> {
                err.println(command + ": " + expected.getMessage());
                return expected.exitCode();
            }
            case ConfigException expected -> {
                expected.problems().forEach(problem -> err.println(command + ": " + problem));
                return 1;
            }
            case ChatTemplateException expected -> {
                err.println(command + ": the chat template refuses this: " + expected.getMessage());
                return 1;
            }
            case EngineException expected -> {
                err.println(command + ": " + expected.getMessage());
                return 1;
            }
            case SourceException expected -> {
                err.println(command + ": " + expected.getMessage());
                return 1;
            }
            case FileSystemException unusable -> {
                String reason = unusable.getReason() == null
                        ? unusable.getClass().getSimpleName()
                        : unusable.getReason();
                err.println(command + ": cannot use " + unusable.getFile() + ": " + reason);
                return 1;
            }
            default -> {
                failure.printStackTrace(err);
                err.println(command + ": internal error: " + failure);
                return 1;
            }
        }
    }
}
