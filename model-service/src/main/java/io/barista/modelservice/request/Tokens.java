package io.barista.modelservice.request;

import io.barista.engine.tokenizer.Tokenizer;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import java.util.List;

/** Prompts into token ids, with what must be refused on the way. */
public final class Tokens {

    /** No vocabulary has longer tokens, so a longer text cannot fit, and need not be tokenized to know it. */
    private static final long LONGEST_TOKEN = 256;

    private final Tokenizer tokenizer;
    private final int maxModelLen;
    private final int vocabSize;

    /** @param vocabSize ids go from 0 up to this */
    public Tokens(Tokenizer tokenizer, int maxModelLen, int vocabSize) {
        this.tokenizer = tokenizer;
        this.maxModelLen = maxModelLen;
        this.vocabSize = vocabSize;
    }

    /** @param param the field to blame for an empty or an endless prompt */
    public int[] ofText(String text, boolean addSpecialTokens, String param) {
        if (text.length() > maxModelLen * LONGEST_TOKEN) {
            throw ApiException.of(ErrorCode.CONTEXT_LENGTH_EXCEEDED, "input_tokens",
                    "This model's maximum context length is %d tokens. However, your prompt contains at least %d input"
                            + " tokens. Please reduce the length of the input prompt.",
                    maxModelLen, text.length() / LONGEST_TOKEN);
        }
        return notEmpty(tokenizer.encode(text, addSpecialTokens), param);
    }

    public int[] ofIds(List<Integer> ids, String param) {
        int[] tokens = ids.stream().mapToInt(Integer::intValue).toArray();
        for (int token : tokens) {
            if (token < 0 || token >= vocabSize) {
                throw ApiException.of(ErrorCode.INVALID_VALUE, param,
                        "Token id %d is out of vocabulary: ids go from 0 to %d.", token, vocabSize - 1);
            }
        }
        return notEmpty(tokens, param);
    }

    private static int[] notEmpty(int[] tokens, String param) {
        if (tokens.length == 0) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, param, "The prompt is empty: it has no tokens.");
        }
        return tokens;
    }
}
