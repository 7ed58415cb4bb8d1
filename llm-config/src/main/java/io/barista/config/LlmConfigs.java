package io.barista.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the models a YAML file asks for. The root is one LlmConfig, a list, {@code llm_configs: [...]} or Ray Serve's
 * {@code applications}; entries stand inline or name a file, relative to the naming file or to the working directory.
 */
public final class LlmConfigs {

    private LlmConfigs() {}

    /** As {@link #parse} with files of the local disk; a relative {@code file} is relative to the working directory. */
    public static List<LlmConfig> load(Path file) {
        return parse(new LocalFiles(Path.of("")), file.toString());
    }

    /**
     * The models in the order of the file, at least one; ids and service ids are unique.
     *
     * @throws ConfigException with every mistake of every file
     */
    public static List<LlmConfig> parse(ConfigSource source, String name) {
        ConfigText text = source.read(name);
        Report report = new Report(text.name());
        List<LlmConfig> configs = new FileReader(source, text, report).read();
        requireUniqueIds(configs, report);
        report.throwIfAny();
        return List.copyOf(configs);
    }

    private static void requireUniqueIds(List<LlmConfig> configs, Report report) {
        Map<ServiceId, LlmConfig> byServiceId = new HashMap<>();
        for (LlmConfig config : configs) {
            LlmConfig first = byServiceId.putIfAbsent(config.serviceId(), config);
            if (first == null) {
                continue;
            }
            String same = first.modelId().equals(config.modelId())
                    ? "is already served"
                    : "and " + first.modelId() + " share the service id " + config.serviceId();
            report.forFile(config.origin().file()).add(config.origin().lineOf("model_loading_config.model_id"),
                    "model_loading_config.model_id",
                    config.modelId() + " " + same + " (" + first.origin() + "); give one of them another id");
        }
    }
}
