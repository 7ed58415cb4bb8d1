package io.barista.engine.model;

import io.barista.engine.EngineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the JSON files of a model folder; whatever is wrong with one is an INVALID_MODEL error that names it. */
final class JsonFile {

    /** A key written twice has no meaning that everybody agrees on. */
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private JsonFile() {}

    static ConfigFields require(Path folder, String name) {
        return find(folder, name).orElseThrow(() -> invalid("%s has no %s", folder, name));
    }

    static Optional<ConfigFields> find(Path folder, String name) {
        return findValue(folder, name).map(value -> new ConfigFields(name, value));
    }

    /** A file that need not hold an object. */
    static Optional<JsonNode> findValue(Path folder, String name) {
        return readBytes(folder.resolve(name)).map(bytes -> parse(bytes, name));
    }

    /** A map as if it were a file; {@code name} is for messages. */
    static ConfigFields of(String name, Map<String, Object> map) {
        return new ConfigFields(name, STRICT.valueToTree(map));
    }

    /** The JSON value in {@code bytes}; {@code name} is for messages. */
    static JsonNode parse(byte[] bytes, String name) {
        try {
            JsonNode node = STRICT.readTree(bytes);
            if (node.isMissingNode()) {
                throw invalid("%s is empty", name);
            }
            return node;
        } catch (JacksonException e) {
            throw new EngineException(EngineException.Code.INVALID_MODEL,
                    "%s is not valid JSON: %s".formatted(name, e.getOriginalMessage()), null, e);
        }
    }

    /** The text of a file; empty when there is none. */
    static Optional<String> readText(Path file) {
        return readBytes(file).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    private static Optional<byte[]> readBytes(Path file) {
        try {
            return Optional.of(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new EngineException(EngineException.Code.INVALID_MODEL,
                    "%s cannot be read: %s".formatted(file.getFileName(), e.getMessage()), null, e);
        }
    }

    static EngineException invalid(String format, Object... args) {
        return EngineException.of(EngineException.Code.INVALID_MODEL, format, args);
    }
}
