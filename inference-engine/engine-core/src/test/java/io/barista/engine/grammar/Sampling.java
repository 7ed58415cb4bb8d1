package io.barista.engine.grammar;

import io.barista.engine.tokenizer.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;

/** Writes random texts by a grammar: every next token is any of those allowed, as the hottest of samplers would choose. */
final class Sampling {

    private final Tokenizer tokenizer;
    private final Random random;

    Sampling(Tokenizer tokenizer, Random random) {
        this.tokenizer = tokenizer;
        this.random = random;
    }

    /** A finished text; empty when it did not come to an end within the tokens. */
    Optional<String> write(CompiledGrammar grammar, int maxTokens) {
        GrammarMatcher matcher = grammar.newMatcher();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        long[] mask = new long[grammar.maskWords()];
        for (int i = 0; i < maxTokens; i++) {
            Arrays.fill(mask, 0);
            matcher.addAllowed(mask);
            if (matcher.mayEnd() && (matcher.mustEnd() || random.nextInt(3) == 0)) {
                return Optional.of(text.toString(StandardCharsets.UTF_8));
            }
            int token = pick(mask, i > maxTokens / 4);
            if (!matcher.accept(token)) {
                throw new AssertionError("token %d <%s> is in the mask and not accepted after <%s>".formatted(token,
                        tokenizer.token(token), text));
            }
            text.writeBytes(tokenizer.bytes(token));
        }
        return Optional.empty();
    }

    /** @param hurry prefers what tends to close things, so that most texts end */
    int pick(long[] mask, boolean hurry) {
        if (hurry) {
            for (String closing : new String[]{"}", "]", "\"", "e", "l"}) {
                int id = tokenizer.id(closing).orElse(-1);
                if (id >= 0 && (mask[id >> 6] & 1L << id) != 0 && random.nextInt(4) > 0) {
                    return id;
                }
            }
        }
        int count = Arrays.stream(mask).mapToInt(Long::bitCount).sum();
        if (count == 0) {
            throw new AssertionError("nothing is allowed and the text may not end");
        }
        int wanted = random.nextInt(count);
        for (int word = 0;; word++) {
            int here = Long.bitCount(mask[word]);
            if (wanted < here) {
                long bits = mask[word];
                for (; wanted > 0; wanted--) {
                    bits &= bits - 1;
                }
                return word * 64 + Long.numberOfTrailingZeros(bits);
            }
            wanted -= here;
        }
    }
}
