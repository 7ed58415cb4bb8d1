package io.barista.engine.chat.reasoning;

import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The reasoning formats by the names that {@code reasoning_parser} takes: vLLM's and SGLang's. */
public final class ReasoningFormats {

    private static final ReasoningFormat WHEN_OPENED = new ReasoningTags("<think>", "</think>", false);
    private static final ReasoningFormat ASSUMED = new ReasoningTags("<think>", "</think>", true);

    private static final ReasoningFormat MISTRAL = new ReasoningTags("[THINK]", "[/THINK]", false);
    private static final ReasoningFormat GRANITE = new ReasoningTags("Here is my thought process:",
            "Here is my response:", false);
    private static final ReasoningFormat CHANNELS = new HarmonyChannels();

    private static final Map<String, ReasoningFormat> BY_NAME = new TreeMap<>(Map.ofEntries(
            Map.entry("qwen3", WHEN_OPENED),
            Map.entry("qwen3-thinking", ASSUMED),
            Map.entry("glm45", WHEN_OPENED),
            Map.entry("deepseek_v3", WHEN_OPENED),
            Map.entry("deepseek-v3", WHEN_OPENED),
            Map.entry("deepseek_r1", ASSUMED),
            Map.entry("deepseek-r1", ASSUMED),
            Map.entry("mistral", MISTRAL),
            Map.entry("granite", GRANITE),
            Map.entry("openai_gptoss", CHANNELS),
            Map.entry("gpt-oss", CHANNELS)));

    /** {@code tags:START,END} for any pair of tags. */
    private static final String TAGS = "tags:";

    private ReasoningFormats() {}

    public static Optional<ReasoningFormat> find(String name) {
        return name.startsWith(TAGS) ? ofTags(name.substring(TAGS.length())) : Optional.ofNullable(BY_NAME.get(name));
    }

    public static SortedSet<String> names() {
        SortedSet<String> names = new TreeSet<>(BY_NAME.keySet());
        names.add(TAGS + "START,END");
        return names;
    }

    private static Optional<ReasoningFormat> ofTags(String tags) {
        String[] pair = tags.split(",", -1);
        boolean valid = pair.length == 2 && !pair[0].isBlank() && !pair[1].isBlank();
        return valid ? Optional.of(new ReasoningTags(pair[0], pair[1], false)) : Optional.empty();
    }
}
