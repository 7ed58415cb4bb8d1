package io.barista.engine.grammar;

import io.barista.engine.grammar.syntax.GrammarException;
import io.barista.engine.tokenizer.Tokenizer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One sample on its way through its reasoning and its grammar: masks the logits of tokens that may not come, and takes the token that
 * was chosen. Confined to the engine loop.
 */
public final class ConstrainedOutput {

    private static final Logger LOG = LoggerFactory.getLogger(ConstrainedOutput.class);

    private final Tokenizer tokenizer;
    private final @Nullable GrammarMatcher matcher;
    private final @Nullable ReasoningPhase reasoning;
    private final int[] endTokens;
    private final long[] mask;
    private boolean complete;
    private boolean broken;

    ConstrainedOutput(Tokenizer tokenizer, @Nullable CompiledGrammar grammar, @Nullable ReasoningPhase reasoning,
            int[] endTokens) {
        this.tokenizer = tokenizer;
        this.matcher = grammar == null ? null : grammar.newMatcher();
        this.reasoning = reasoning;
        this.endTokens = endTokens;
        this.mask = new long[grammar == null ? 0 : grammar.maskWords()];
    }

    /** Sets the logits of tokens that may not come next to negative infinity. */
    public void apply(float[] logits) {
        if (broken) {
            return;
        }
        if (reasoning != null) {
            Integer forced = reasoning.forcedToken();
            if (forced != null) {
                float logit = logits[forced];
                Arrays.fill(logits, Float.NEGATIVE_INFINITY);
                logits[forced] = logit;
                return;
            }
            if (!reasoning.mayAnswer()) {
                return;
            }
        }
        if (matcher != null) {
            applyGrammar(matcher, logits);
        }
    }

    /** Takes the token that was chosen. */
    public void accept(int token) {
        if (broken || complete) {
            return;
        }
        byte[] bytes = tokenizer.bytes(token);
        int from = reasoning == null ? 0 : reasoning.accept(token, bytes);
        boolean inAnswer = from < bytes.length && (reasoning == null || reasoning.mayAnswer());
        if (matcher != null && inAnswer) {
            take(matcher, token, bytes, from);
        }
    }

    /** Whether the newest token stands behind the end of the grammar's text: an end token, or any where nothing may follow. */
    public boolean isComplete() {
        return complete;
    }

    /** Whether the output left the grammar, or the grammar turned out to be too ambiguous to follow: nothing more should come. */
    public boolean isBroken() {
        return broken;
    }

    private void applyGrammar(GrammarMatcher grammar, float[] logits) {
        Arrays.fill(mask, 0);
        try {
            grammar.addAllowed(mask);
        } catch (GrammarException tooAmbiguous) {
            giveUp(tooAmbiguous);
            return;
        }
        if (grammar.mayEnd()) {
            for (int token : endTokens) {
                allow(token);
            }
        }
        Integer opening = reasoning == null ? null : reasoning.openingToken();
        if (opening != null) {
            allow(opening);
        }
        for (int word = 0; word < mask.length; word++) {
            maskWord(logits, word * 64, mask[word]);
        }
    }

    private static void maskWord(float[] logits, int first, long allowed) {
        if (allowed == -1) {
            return;
        }
        int end = Math.min(first + 64, logits.length);
        if (allowed == 0) {
            Arrays.fill(logits, first, end, Float.NEGATIVE_INFINITY);
            return;
        }
        for (int token = first; token < end; token++) {
            if ((allowed & 1L << token) == 0) {
                logits[token] = Float.NEGATIVE_INFINITY;
            }
        }
    }

    private void allow(int token) {
        mask[token >> 6] |= 1L << token;
    }

    private void take(GrammarMatcher grammar, int token, byte[] bytes, int from) {
        if (isEnd(token) || grammar.mustEnd()) {
            complete = grammar.mayEnd();
            broken = !complete;
            return;
        }
        try {
            // behind the reasoning's closing tag a token may hold a line break, which is no part of the answer
            broken = !grammar.accept(bytes, from) && !(from > 0 && isBlank(bytes, from));
        } catch (GrammarException tooAmbiguous) {
            giveUp(tooAmbiguous);
        }
    }

    private boolean isEnd(int token) {
        for (int end : endTokens) {
            if (end == token) {
                return true;
            }
        }
        return false;
    }

    private void giveUp(GrammarException tooAmbiguous) {
        broken = true;
        LOG.warn("a constrained output was ended: {}", tooAmbiguous.getMessage());
    }

    private static boolean isBlank(byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] > ' ' || bytes[i] < 0) {
                return false;
            }
        }
        return true;
    }
}
