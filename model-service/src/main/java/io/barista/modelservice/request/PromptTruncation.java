package io.barista.modelservice.request;

import io.barista.openai.ServingFields;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** {@code truncate_prompt_tokens}: what is kept of a prompt that is too long. */
public final class PromptTruncation {

    private PromptTruncation() {}

    /**
     * @param maxTokens what the answer may grow to; null when the request says nothing
     * @throws ApiException that names the field out of range
     */
    public static int[] truncated(int[] prompt, ServingFields fields, int maxModelLen, @Nullable Integer maxTokens) {
        boolean keepsEnd = keepsEnd(fields.truncationSide(), true);
        int reserved = maxTokens == null ? 1 : Math.max(1, maxTokens);
        Integer most = most(fields, maxModelLen, Math.max(1, maxModelLen - reserved));
        return most == null ? prompt : cut(prompt, most, keepsEnd);
    }

    /**
     * The same for what is only read: all of the context may be filled, and unless the request says otherwise it is the beginning
     * that is kept, as vLLM does for its pooling models.
     *
     * @param added special tokens that will stand around the text, and count
     * @throws ApiException that names the field out of range
     */
    public static int[] truncatedInput(int[] text, int added, ServingFields fields, int maxModelLen) {
        boolean keepsEnd = keepsEnd(fields.truncationSide(), false);
        Integer most = most(fields, maxModelLen, maxModelLen);
        return most == null ? text : cut(text, Math.max(0, most - added), keepsEnd);
    }

    /** Null for no limit. */
    private static @Nullable Integer most(ServingFields fields, int maxModelLen, int room) {
        Integer asked = fields.truncatePromptTokens();
        if (asked == null) {
            return null;
        }
        if (asked > maxModelLen) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "truncate_prompt_tokens",
                    "truncate_prompt_tokens value (%d) is greater than max_model_len (%d)."
                            + " Please, select a smaller truncation size.",
                    asked, maxModelLen);
        }
        if (asked == 0 || asked < -1) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "truncate_prompt_tokens",
                    "truncate_prompt_tokens must be at least 1, or -1 for as many tokens as fit, got %d.", asked);
        }
        return asked == -1 ? Integer.valueOf(room) : asked;
    }

    private static int[] cut(int[] prompt, int most, boolean keepsEnd) {
        if (prompt.length <= most) {
            return prompt;
        }
        return keepsEnd
                ? Arrays.copyOfRange(prompt, prompt.length - most, prompt.length)
                : Arrays.copyOf(prompt, most);
    }

    private static boolean keepsEnd(@Nullable String side, boolean usually) {
        return switch (side) {
            case null -> usually;
            case "left" -> true;
            case "right" -> false;
            default -> throw ApiException.of(ErrorCode.INVALID_VALUE, "truncation_side",
                    "truncation_side must be 'left' or 'right', got '%s'.", side);
        };
    }
}
