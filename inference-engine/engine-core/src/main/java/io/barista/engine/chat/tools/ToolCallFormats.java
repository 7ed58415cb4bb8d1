package io.barista.engine.chat.tools;

import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The tool call formats by the names that {@code tool_call_parser} takes: vLLM's and SGLang's. */
public final class ToolCallFormats {

    private static final Map<String, ToolCallFormat> BY_NAME = new TreeMap<>(Map.ofEntries(
            Map.entry("hermes", HermesToolCalls.FORMAT),
            Map.entry("qwen", HermesToolCalls.FORMAT),
            Map.entry("qwen25", HermesToolCalls.FORMAT),
            Map.entry("llama3_json", PrefixedCalls.LLAMA3),
            Map.entry("llama4_json", PrefixedCalls.LLAMA3),
            Map.entry("llama3", PrefixedCalls.LLAMA3),
            Map.entry("mistral", MarkedCalls.MISTRAL),
            Map.entry("pythonic", PythonicCalls.FORMAT),
            Map.entry("llama4_pythonic", PythonicCalls.FORMAT),
            Map.entry("qwen3_coder", XmlCalls.QWEN3_CODER),
            Map.entry("qwen3_xml", XmlCalls.QWEN3_CODER),
            Map.entry("deepseek_v3", MarkedCalls.DEEPSEEK_V3),
            Map.entry("deepseekv3", MarkedCalls.DEEPSEEK_V3)));

    private ToolCallFormats() {}

    public static Optional<ToolCallFormat> find(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    public static SortedSet<String> names() {
        return new TreeSet<>(BY_NAME.keySet());
    }
}
