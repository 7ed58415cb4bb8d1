package io.barista.engine.model;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Where model folders keep their chat template, and the special tokens it may name. */
final class ChatTemplateFiles {

    private static final String TOKENIZER_CONFIG = "tokenizer_config.json";
    private static final String[] SPECIAL_TOKENS = {"bos_token", "eos_token", "unk_token", "pad_token", "sep_token",
        "cls_token", "mask_token"};

    private ChatTemplateFiles() {}

    /** chat_template.jinja, else the template of tokenizer_config.json: its only one, or the one named {@code default}. */
    static Optional<String> source(Path folder) {
        return JsonFile.readText(folder.resolve("chat_template.jinja"))
                .or(() -> JsonFile.find(folder, TOKENIZER_CONFIG).flatMap(config -> config.find("chat_template")
                        .map(node -> source(config, node))));
    }

    /** As templates see them; tokens that the model lacks are absent. */
    static Map<String, Object> specialTokens(Path folder) {
        Map<String, Object> tokens = new LinkedHashMap<>();
        JsonFile.find(folder, TOKENIZER_CONFIG).ifPresent(config -> {
            for (String key : SPECIAL_TOKENS) {
                config.find(key).ifPresent(node -> {
                    JsonNode text = node.isObject() ? node.path("content") : node;
                    if (!text.isString()) {
                        throw config.wrong(key, "a string or an object with content", node);
                    }
                    tokens.put(key, text.stringValue());
                });
            }
        });
        return Map.copyOf(tokens);
    }

    private static String source(ConfigFields config, JsonNode node) {
        if (node.isString()) {
            return node.stringValue();
        }
        for (JsonNode named : node.isArray() ? node.values() : List.<JsonNode>of()) {
            if (named.path("name").asString("").equals("default") && named.path("template").isString()) {
                return named.path("template").stringValue();
            }
        }
        throw config.wrong("chat_template", "a string or a list with a template named default", node);
    }
}
