package io.barista.engine.chat.tools;

import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The tool call formats by the names that {@code tool_call_parser} takes: vLLM's and SGLang's. */
public final class ToolCallFormats {

    private static final Map<String, ToolCallFormat> BY_NAME = new TreeMap<>(Map.ofEntries(
            Map.entry("hermes", HermesCalls.FORMAT),
            Map.entry("qwen", HermesCalls.FORMAT),
            Map.entry("qwen25", HermesCalls.FORMAT),
            Map.entry("llama3_json", LlamaCalls.FORMAT),
            Map.entry("llama4_json", LlamaCalls.FORMAT),
            Map.entry("llama3", LlamaCalls.FORMAT),
            Map.entry("mistral", MarkedCalls.MISTRAL),
            Map.entry("pythonic", PythonicCalls.FORMAT),
            Map.entry("llama4_pythonic", PythonicCalls.FORMAT),
            Map.entry("qwen3_coder", XmlCalls.QWEN3_CODER),
            Map.entry("qwen3_xml", XmlCalls.QWEN3_CODER),
            Map.entry("openai", HarmonyCalls.FORMAT),
            Map.entry("gpt-oss", HarmonyCalls.FORMAT),
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
