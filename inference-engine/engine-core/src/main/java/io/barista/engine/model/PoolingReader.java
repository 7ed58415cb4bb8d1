package io.barista.engine.model;

import io.barista.engine.model.Pooling.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Reads the folders of sentence-transformers: modules.json and the configuration of its pooling module. */
final class PoolingReader {

    private static final String MODULES = "modules.json";
    private static final Pattern FOLDER = Pattern.compile("\\w[\\w-]*");

    /** Flags of a pooling module; those that no embedding is made by here are refused when they are set. */
    private static final Map<String, Kind> KINDS = Map.of("pooling_mode_lasttoken", Kind.LAST_TOKEN,
            "pooling_mode_mean_tokens", Kind.MEAN, "pooling_mode_cls_token", Kind.FIRST_TOKEN);
    private static final List<String> UNSUPPORTED = List.of("pooling_mode_max_tokens",
            "pooling_mode_mean_sqrt_len_tokens", "pooling_mode_weightedmean_tokens");

    private PoolingReader() {}

    /** Empty where the folder is not one of sentence-transformers. */
    static Optional<Pooling> find(Path folder) {
        return JsonFile.findValue(folder, MODULES).map(modules -> read(folder, modules));
    }

    private static Pooling read(Path folder, JsonNode modules) {
        Kind kind = Pooling.USUAL.kind();
        boolean normalised = false;
        if (!modules.isArray()) {
            throw JsonFile.invalid("%s must be a list of modules", MODULES);
        }
        for (JsonNode value : modules.values()) {
            ConfigFields module = new ConfigFields(MODULES, value);
            String type = module.text("type");
            switch (type.substring(type.lastIndexOf('.') + 1)) {
                case "Transformer" -> {
                }
                case "Pooling" -> kind = kind(folder, module);
                case "Normalize" -> normalised = true;
                default -> throw module.wrong("type", "a Transformer, Pooling or Normalize module", type);
            }
        }
        return new Pooling(kind, normalised);
    }

    private static Kind kind(Path folder, ConfigFields module) {
        String path = module.text("path");
        if (!FOLDER.matcher(path).matches()) {
            throw module.wrong("path", "the name of a folder beside it", path);
        }
        ConfigFields config = JsonFile.require(folder.resolve(path), "config.json");
        for (String flag : UNSUPPORTED) {
            if (config.flag(flag, false)) {
                throw config.wrong(flag, "false (supported are the last token, the mean and the first token)", true);
            }
        }
        List<Kind> kinds = new ArrayList<>();
        KINDS.forEach((flag, kind) -> {
            if (config.flag(flag, false)) {
                kinds.add(kind);
            }
        });
        if (kinds.size() != 1) {
            throw JsonFile.invalid("%s/config.json: one pooling mode must be true, not %d", path, kinds.size());
        }
        return kinds.getFirst();
    }
}
