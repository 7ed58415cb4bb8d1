package io.barista.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Engine knobs read from flags as in vLLM: {@code --max-model-len 32k}, {@code --max-model-len=32k}, {@code --enforce-eager},
 * {@code --no-enforce-eager}, {@code --lora-modules a=x b=y}; underscores count as dashes.
 *
 * @param kwargs the same as {@code engine_kwargs}, with values as texts, lists of texts and booleans: what a JSON object for another process holds
 * @param config the same, checked and typed
 */
public record EngineFlags(Map<String, Object> kwargs, EngineConfig config) {

    /**
     * @param arguments  flags of engine knobs only, with their values
     * @param otherFlags flags that the command knows besides, to find the one meant by a mistyped one
     * @throws ConfigException naming every unknown flag with the nearest valid one, and every wrong or refused value
     */
    public static EngineFlags parse(List<String> arguments, Collection<String> otherFlags) {
        Report report = new Report("");
        Map<String, Object> kwargs = new LinkedHashMap<>();
        int next = 0;
        while (next < arguments.size()) {
            next = parseOne(arguments, next, otherFlags, kwargs, report);
        }
        report.throwIfAny();
        return new EngineFlags(kwargs, spelledAsFlags(kwargs));
    }

    /** The index after the flag and its value. */
    private static int parseOne(List<String> arguments, int index, Collection<String> otherFlags,
            Map<String, Object> kwargs, Report report) {
        String argument = arguments.get(index);
        int equals = argument.indexOf('=');
        String flag = equals < 0 ? argument : argument.substring(0, equals);
        if (!flag.startsWith("--")) {
            report.add(0, argument, "unexpected argument, expected a flag");
            return index + 1;
        }
        String name = flag.substring(2).replace('-', '_');
        Optional<EngineOption<?>> negated = name.startsWith("no_")
                ? EngineOptions.find(name.substring(3)).filter(option -> option.type().isFlag())
                : Optional.empty();
        Optional<EngineOption<?>> option = EngineOptions.find(name);
        if (negated.isPresent() && equals < 0) {
            kwargs.put(negated.get().key(), false);
            return index + 1;
        }
        if (option.isEmpty()) {
            report.add(0, flag, "unknown flag, the nearest valid flag is " + nearestFlag(flag, otherFlags));
            boolean hasValue = equals < 0 && index + 1 < arguments.size() && !arguments.get(index + 1).startsWith("--");
            return index + (hasValue ? 2 : 1);
        }
        if (equals >= 0) {
            kwargs.put(option.get().key(), argument.substring(equals + 1));
            return index + 1;
        }
        if (option.get().type().isFlag()) {
            kwargs.put(option.get().key(), true);
            return index + 1;
        }
        if (index + 1 == arguments.size()) {
            report.add(0, flag, "expected a value: " + option.get().type().describe());
            return index + 1;
        }
        int end = index + 2;
        while (option.get().type().takesSeveral() && end < arguments.size() && !arguments.get(end).startsWith("--")) {
            end++;
        }
        List<String> values = arguments.subList(index + 1, end);
        kwargs.put(option.get().key(), values.size() == 1 ? values.getFirst() : List.copyOf(values));
        return end;
    }

    private static EngineConfig spelledAsFlags(Map<String, Object> kwargs) {
        try {
            return EngineKwargs.parse(kwargs);
        } catch (ConfigException e) {
            throw new ConfigException(e.problems().stream().map(problem -> new Problem("", 0,
                    EngineOptions.find(problem.key()).map(EngineOption::flag).orElse(problem.key()), problem.message()))
                    .toList());
        }
    }

    private static String nearestFlag(String flag, Collection<String> otherFlags) {
        List<String> flags = new ArrayList<>(otherFlags);
        EngineOptions.all().forEach(option -> flags.add(option.flag()));
        return Nearest.to(flag, flags);
    }
}
