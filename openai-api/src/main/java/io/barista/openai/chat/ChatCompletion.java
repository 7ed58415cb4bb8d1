package io.barista.openai.chat;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.barista.openai.PromptLogprob;
import io.barista.openai.Usage;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The whole answer to a chat.
 *
 * @param created        seconds since 1970
 * @param promptTokenIds only on request
 * @param promptLogprobs by token id, one entry for each token of the prompt, null for the first; only on request
 */
public record ChatCompletion(String id, String object, long created, String model, List<Choice> choices, Usage usage,
        String systemFingerprint, @Nullable List<Integer> promptTokenIds,
        @Nullable List<@Nullable Map<Integer, PromptLogprob>> promptLogprobs) {

    public static final String OBJECT = "chat.completion";

    /**
     * @param finishReason {@code stop}, {@code length}, {@code tool_calls} or {@code abort}
     * @param stopReason   the stop string or stop token id that ended the text, if one did
     * @param tokenIds     only on request
     */
    public record Choice(int index, AssistantMessage message, @JsonInclude @Nullable ChatLogprobs logprobs,
            String finishReason, @JsonInclude @Nullable Object stopReason, @Nullable List<Integer> tokenIds) {}
}
