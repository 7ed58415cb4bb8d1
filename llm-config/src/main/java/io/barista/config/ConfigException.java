package io.barista.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used. The message has one line per mistake: {@code file:line: key: what, what to do}. */
public final class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // never serialised
    private final List<Problem> problems;

    public ConfigException(Problem problem) {
        this(List.of(problem));
    }

    /** @param problems at least one */
    public ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    /** Every mistake found, in the order of the file. */
    public List<Problem> problems() {
        return problems;
    }
}
