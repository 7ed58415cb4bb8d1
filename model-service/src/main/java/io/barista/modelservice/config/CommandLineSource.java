package io.barista.modelservice.config;

import io.barista.config.ConfigException;
import io.barista.config.ConfigSource;
import io.barista.config.ConfigText;
import io.barista.config.Problem;
import io.barista.openai.json.OpenAiJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Flags as a configuration file (JSON is YAML), so that they are read and judged exactly as files are. */
record CommandLineSource(String modelId, String model, String engineKwargs) implements ConfigSource {

    static final String NAME = "command line";

    @Override
    public ConfigText read(String name) {
        OpenAiJson json = new OpenAiJson();
        String loading = new String(
                json.write(Map.of("model_id", modelId, "model_source", model)), StandardCharsets.UTF_8);
        String text = "{\"model_loading_config\":%s,\"engine_kwargs\":%s}".formatted(loading, engineKwargs);
        return new ConfigText(NAME, text, List.of(Path.of("").toAbsolutePath()));
    }

    @Override
    public ConfigText follow(ConfigText from, String reference) {
        throw new ConfigException(new Problem(NAME, 0, "", "refers to no other file"));
    }

    @Override
    public String describe(String name) {
        return NAME;
    }
}
