package io.barista.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Configuration out of texts instead of files, for tests; relative paths mean the folder given. */
record Yaml(Map<String, String> files, Path folder) implements ConfigSource {

    static final String FILE = "models.yaml";

    static Yaml of(String text) {
        return new Yaml(Map.of(FILE, text), Path.of("/nowhere"));
    }

    List<LlmConfig> parse() {
        return LlmConfigs.parse(this, FILE);
    }

    LlmConfig parseOne() {
        return parse().getFirst();
    }

    /** The mistakes found, one line each. */
    List<String> problems() {
        try {
            parse();
            return List.of();
        } catch (ConfigException e) {
            return e.problems().stream().map(Problem::toString).toList();
        }
    }

    @Override
    public ConfigText read(String name) {
        String text = files.get(name);
        if (text == null) {
            throw new ConfigException(new Problem(name, 0, "", "no such file"));
        }
        return new ConfigText(name, text, List.of(folder));
    }

    @Override
    public ConfigText follow(ConfigText from, String reference) {
        return read(reference);
    }

    @Override
    public String describe(String name) {
        return name;
    }
}
