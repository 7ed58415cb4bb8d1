package io.barista.cli;

import io.barista.config.Effect;
import io.barista.config.EngineFlags;
import io.barista.config.EngineOption;
import io.barista.config.EngineOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;

/** Every engine knob as a flag of a command, spelled as in vLLM; the table of {@link EngineOptions} is the only list of them. */
public final class EngineFlagSet {

    private final Map<EngineOption<?>, Object> given = new LinkedHashMap<>();

    /** Adds the flags that the command does not have itself. Those that have no effect on any machine are accepted, but not shown in the help. */
    public void addTo(CommandSpec command) {
        for (EngineOption<?> option : EngineOptions.all()) {
            if (command.findOption(option.flag()) == null) {
                command.addOption(flag(option));
            }
        }
    }

    private OptionSpec flag(EngineOption<?> option) {
        OptionSpec.Builder flag = OptionSpec.builder(option.flag()).description(inWords(option))
                .hidden(!isShown(option.effect())).setter(new ISetter() {

                    @Override
                    public <T> T set(T value) {
                        if (value != null) {
                            given.put(option, value);
                        }
                        return value;
                    }
                });
        if (option.type().isFlag()) {
            return flag.type(Boolean.class).arity("0").negatable(true).build();
        }
        return option.type().takesSeveral()
                ? flag.type(List.class).auxiliaryTypes(String.class).arity("1..*").paramLabel("VALUE").build()
                : flag.type(String.class).arity("1").paramLabel("VALUE").build();
    }

    private static String inWords(EngineOption<?> option) {
        String type = option.type().isFlag() ? "" : " " + sentence(option.type().describe());
        String byDefault = option.defaultValue()
                .map(value -> " Default: " + String.valueOf(value).toLowerCase(Locale.ROOT)).orElse("");
        return (option.description() + type + byDefault).replace("%", "%%");
    }

    private static String sentence(String words) {
        return Character.toUpperCase(words.charAt(0)) + words.substring(1) + ".";
    }

    private static boolean isShown(Effect effect) {
        return switch (effect) {
            case Effect.Honoured _,Effect.IgnoredOnCpu _ -> true;
            case Effect.Ignored _,Effect.Refused _ -> false;
        };
    }

    /** @throws io.barista.config.ConfigException naming every wrong or refused value with its flag */
    public EngineFlags parsed() {
        List<String> arguments = new ArrayList<>();
        given.forEach((option, value) -> {
            if (value instanceof List<?> values) {
                arguments.add(option.flag());
                values.forEach(each -> arguments.add((String) each));
            } else if (option.type().isFlag()) {
                arguments.add(Boolean.TRUE.equals(value) ? option.flag() : option.negatedFlag());
            } else {
                arguments.add(option.flag() + "=" + value);
            }
        });
        return EngineFlags.parse(arguments, List.of());
    }
}
