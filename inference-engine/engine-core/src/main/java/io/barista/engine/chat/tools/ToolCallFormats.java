package io.barista.engine.chat.tools;

import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The tool call formats by the names that {@code tool_call_parser} takes: vLLM's and SGLang's. */
public final class ToolCallFormats {

    private static final Map<String, ToolCallFormat> BY_NAME = new TreeMap<>(Map.of(
            "hermes", HermesToolCalls.FORMAT,
            "qwen", HermesToolCalls.FORMAT,
            "qwen25", HermesToolCalls.FORMAT));

    private ToolCallFormats() {}

    public static Optional<ToolCallFormat> find(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    public static SortedSet<String> names() {
        return new TreeSet<>(BY_NAME.keySet());
    }
}
