package io.barista.engine.sampling;

import io.barista.engine.SamplingParams;
import io.barista.engine.backend.RowEntries;
import io.barista.engine.tokenizer.Tokenizer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a request forbids and favours, as arrays that a sampler applies to a row of logits in vLLM's order: allowed ids, bad words,
 * end tokens while there are fewer than {@code min_tokens}, biases. Immutable.
 */
public final class TokenRules {

    /** Of a request that neither forbids nor favours anything. */
    public static final TokenRules NONE = new TokenRules(null, new int[0][], 0, new int[0], new int[0], new float[0]);

    private static final float FORBIDDEN = Float.NEGATIVE_INFINITY;

    private final int @Nullable [] allowed; // ascending
    private final int[][] badWords;
    private final int minTokens;
    private final int[] ends;
    private final int[] biasedIds;
    private final float[] biases; // beside biasedIds

    private TokenRules(int @Nullable [] allowed, int[][] badWords, int minTokens, int[] ends, int[] biasedIds,
            float[] biases) {
        this.allowed = allowed;
        this.badWords = badWords;
        this.minTokens = minTokens;
        this.ends = ends;
        this.biasedIds = biasedIds;
        this.biases = biases;
    }

    /**
     * @param endTokens the model's own
     * @throws io.barista.engine.EngineException INVALID_PARAMETER for a bad word without tokens
     */
    public static TokenRules of(SamplingParams params, Collection<Integer> endTokens, Tokenizer tokenizer) {
        Collection<Integer> ownEnds = params.ignoreEos() ? List.of() : endTokens;
        int[] ends = IntStream.concat(ownEnds.stream().mapToInt(Integer::intValue),
                params.stopTokenIds().stream().mapToInt(Integer::intValue)).distinct().toArray();
        Map<Integer, Float> biases = new TreeMap<>(params.logitBias());
        int[] ids = biases.keySet().stream().mapToInt(Integer::intValue).toArray();
        float[] values = new float[ids.length];
        for (int i = 0; i < ids.length; i++) {
            values[i] = biases.getOrDefault(ids[i], 0f);
        }
        int[] allowed = params.allowedTokenIds() == null
                ? null
                : params.allowedTokenIds().stream().mapToInt(Integer::intValue).sorted().distinct().toArray();
        return new TokenRules(allowed, BadWords.tokenized(params.badWords(), tokenizer), params.minTokens(), ends, ids,
                values);
    }

    /**
     * @param logits       [vocabSize], changed in place
     * @param tokens       prompt and output, valid up to {@code length}
     * @param promptLength how many of them are the prompt
     */
    void apply(float[] logits, int[] tokens, int promptLength, int length) {
        if (allowed != null) {
            keepAllowed(logits, allowed);
        }
        for (int[] word : badWords) {
            if (BadWords.wouldComplete(word, tokens, promptLength, length)) {
                logits[word[word.length - 1]] = FORBIDDEN;
            }
        }
        if (length - promptLength < minTokens) {
            for (int token : ends) {
                logits[token] = FORBIDDEN;
            }
        }
        for (int i = 0; i < biasedIds.length; i++) {
            logits[biasedIds[i]] += biases[i];
        }
    }

    /** Whether all it does is to add to some logits, so that {@link #addTo} is the same as {@link #apply}. */
    boolean onlyAdds() {
        return allowed == null;
    }

    /** Whether it looks at what the tokens are, not only at how many there are. */
    boolean readsTokens() {
        return badWords.length > 0;
    }

    /** {@link #apply} as what it adds to the logits of a row. */
    void addTo(RowEntries entries, int[] tokens, int promptLength, int length) {
        for (int[] word : badWords) {
            if (BadWords.wouldComplete(word, tokens, promptLength, length)) {
                entries.add(word[word.length - 1], FORBIDDEN);
            }
        }
        if (length - promptLength < minTokens) {
            for (int token : ends) {
                entries.add(token, FORBIDDEN);
            }
        }
        for (int i = 0; i < biasedIds.length; i++) {
            entries.add(biasedIds[i], biases[i]);
        }
    }

    private static void keepAllowed(float[] logits, int[] allowed) {
        int next = 0;
        for (int id = 0; id < logits.length; id++) {
            if (next < allowed.length && allowed[next] == id) {
                next++;
            } else {
                logits[id] = FORBIDDEN;
            }
        }
    }
}
