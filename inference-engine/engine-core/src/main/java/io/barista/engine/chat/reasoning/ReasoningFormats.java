package io.barista.engine.chat.reasoning;

import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The reasoning formats by the names that {@code reasoning_parser} takes: vLLM's and SGLang's. */
public final class ReasoningFormats {

    private static final ReasoningFormat WHEN_OPENED = new ReasoningFormat("<think>", "</think>", false);
    private static final ReasoningFormat ASSUMED = new ReasoningFormat("<think>", "</think>", true);

    private static final Map<String, ReasoningFormat> BY_NAME = new TreeMap<>(Map.of(
            "qwen3", WHEN_OPENED,
            "qwen3-thinking", ASSUMED,
            "glm45", WHEN_OPENED,
            "deepseek_v3", WHEN_OPENED,
            "deepseek-v3", WHEN_OPENED,
            "deepseek_r1", ASSUMED,
            "deepseek-r1", ASSUMED));

    private ReasoningFormats() {}

    public static Optional<ReasoningFormat> find(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    public static SortedSet<String> names() {
        return new TreeSet<>(BY_NAME.keySet());
    }
}
