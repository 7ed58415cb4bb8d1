package io.barista.openai.responses;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a response repeats of its request; null where the request said nothing. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ResponseSettings(@Nullable String instructions, @Nullable Integer maxOutputTokens,
        @Nullable Integer maxToolCalls, boolean parallelToolCalls, @Nullable String previousResponseId,
        @Nullable Object reasoning, boolean store, @Nullable Double temperature, Object text, Object toolChoice,
        List<Object> tools, @Nullable Integer topLogprobs, @Nullable Double topP, String truncation,
        @Nullable String user, Map<String, Object> metadata) {}
