package io.barista.modelservice.request;

import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.openai.json.JsonValue;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Fields other servers know that would change the answer and that we cannot honour yet: refused unless their value asks for
 * nothing. Fields without an effect on the text ({@code user}, {@code metadata}, ...) and fields nobody knows pass.
 */
public final class UnsupportedFields {

    private static final Predicate<Object> NOTHING = _ -> false;
    private static final Predicate<Object> OFF = Boolean.FALSE::equals;
    private static final Predicate<Object> EMPTY = value -> value instanceof List<?> list && list.isEmpty()
            || value instanceof Map<?, ?> map && map.isEmpty();

    /** By field: which values ask for nothing. */
    private static final Map<String, Predicate<Object>> COMMON = Map.ofEntries(
            Map.entry("kv_transfer_params", EMPTY),
            Map.entry("ec_transfer_params", EMPTY), Map.entry("vllm_xargs", EMPTY),
            Map.entry("repetition_detection", NOTHING), Map.entry("return_token_offsets", OFF),
            Map.entry("return_prompt_text", OFF), Map.entry("return_assistant_tokens_mask", OFF),
            Map.entry("logits_processors", EMPTY));

    private static final Map<String, Predicate<Object>> CHAT = Map.of("echo", OFF, "functions", EMPTY, "function_call",
            "none"::equals, "audio", NOTHING, "modalities", List.of("text")::equals, "prediction", NOTHING,
            "web_search_options", NOTHING);

    private static final Map<String, Predicate<Object>> COMPLETION = Map.of("prompt_embeds", NOTHING);

    private UnsupportedFields() {}

    public static void checkChat(Map<String, JsonValue> others) {
        check(others, COMMON);
        check(others, CHAT);
    }

    public static void checkCompletion(Map<String, JsonValue> others) {
        JsonValue suffix = others.get("suffix");
        if (suffix != null && !suffix.isEmpty()) {
            throw ApiException.of(ErrorCode.UNSUPPORTED_PARAMETER, "suffix", "suffix is not currently supported");
        }
        check(others, COMMON);
        check(others, COMPLETION);
    }

    private static void check(Map<String, JsonValue> others, Map<String, Predicate<Object>> harmless) {
        others.forEach((name, value) -> {
            Predicate<Object> asksForNothing = harmless.get(name);
            if (asksForNothing != null && !asksForNothing.test(value.asPlain())) {
                throw ApiException.of(ErrorCode.UNSUPPORTED_PARAMETER, name,
                        "'%s' is not supported by this server yet. Leave it out to get an answer without it.", name);
            }
        });
    }
}
