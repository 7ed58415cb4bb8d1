package io.barista.modelservice.answer;

import io.barista.engine.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Tokens as logprobs show them: their text, or {@code token_id:N}. */
public final class TokenTexts {

    /** JSON has no infinity; vLLM's floor. */
    private static final double LEAST_LOGPROB = -9999.0;

    private final Tokenizer tokenizer;
    private final boolean asIds;

    public TokenTexts(Tokenizer tokenizer, boolean asIds) {
        this.tokenizer = tokenizer;
        this.asIds = asIds;
    }

    public String text(int token) {
        return asIds ? "token_id:" + token : tokenizer.decode(new int[]{token}, false);
    }

    public static List<Integer> bytes(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        List<Integer> bytes = new ArrayList<>(utf8.length);
        for (byte unit : utf8) {
            bytes.add(Byte.toUnsignedInt(unit));
        }
        return bytes;
    }

    public static double finite(float logprob) {
        return Math.max(logprob, LEAST_LOGPROB);
    }
}
