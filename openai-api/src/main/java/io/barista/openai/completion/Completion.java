package io.barista.openai.completion;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.barista.openai.PromptLogprob;
import io.barista.openai.Usage;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a completion request, and, with one choice or none, an event of its stream.
 *
 * @param created seconds since 1970
 * @param usage   in events only when asked for
 */
public record Completion(String id, String object, long created, String model, List<Choice> choices,
        @Nullable Usage usage, String systemFingerprint) {

    public static final String OBJECT = "text_completion";

    /**
     * @param index          prompt number times {@code n}, plus the number of the answer to it
     * @param finishReason   {@code stop}, {@code length} or {@code abort}; null in all events of a choice but its last
     * @param stopReason     the stop string or stop token id that ended the text, if one did
     * @param tokenIds       only on request
     * @param promptTokenIds only on request
     * @param promptLogprobs by token id, one entry for each token of the prompt, null for the first; only on request
     */
    public record Choice(int index, String text, @JsonInclude @Nullable CompletionLogprobs logprobs,
            @JsonInclude @Nullable String finishReason, @JsonInclude @Nullable Object stopReason,
            @Nullable List<Integer> tokenIds, @Nullable List<Integer> promptTokenIds,
            @Nullable List<@Nullable Map<Integer, PromptLogprob>> promptLogprobs) {}
}
