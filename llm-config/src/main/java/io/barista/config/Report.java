package io.barista.config;

import java.util.ArrayList;
import java.util.List;

/** Collects the mistakes of a configuration over all its files, so that a user sees them together. */
final class Report {

    private final String file;
    private final List<Problem> problems;

    Report(String file) {
        this(file, new ArrayList<>());
    }

    private Report(String file, List<Problem> problems) {
        this.file = file;
        this.problems = problems;
    }

    /** The same report, for a file that is referred to. */
    Report forFile(String name) {
        return new Report(name, problems);
    }

    void add(int line, String key, String message) {
        problems.add(new Problem(file, line, key, message));
    }

    void addAll(ConfigException exception) {
        problems.addAll(exception.problems());
    }

    String file() {
        return file;
    }

    void throwIfAny() {
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
    }
}
