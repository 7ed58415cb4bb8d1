package io.barista.engine.sampling;

import io.barista.engine.EngineEvent.TokenLogprob;
import io.barista.engine.EngineEvent.TokenLogprobs;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Log-probabilities of the raw logits: before penalties, masks and temperature, as vLLM reports them. Confined to one thread. */
public final class RawLogprobs {

    private final float[] raw; // [vocabSize]
    private final MaxHeap heap;
    private final TopK topK = new TopK();
    private double logSumExp;

    public RawLogprobs(int vocabSize) {
        this.raw = new float[vocabSize];
        this.heap = new MaxHeap(vocabSize);
    }

    /** Keeps a copy, since sampling overwrites the logits. */
    public void remember(float[] logits) {
        System.arraycopy(logits, 0, raw, 0, raw.length);
        float largest = Float.NEGATIVE_INFINITY;
        for (float logit : raw) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        for (float logit : raw) {
            sum += Math.exp(logit - largest);
        }
        logSumExp = largest + Math.log(sum);
    }

    /** @param top how many of the most probable tokens; -1 is all */
    public TokenLogprobs of(int chosen, int top) {
        int count = top < 0 ? raw.length : Math.min(top, raw.length);
        List<TokenLogprob> best = new ArrayList<>(count);
        if (count > 0 && count <= TopK.MOST) {
            topK.select(raw, count);
            topK.sort();
            for (int i = 0; i < count; i++) {
                best.add(logprob(topK.index(i)));
            }
        } else if (count > 0) {
            heap.clear();
            for (int id = 0; id < raw.length; id++) {
                heap.add(raw[id], id);
            }
            heap.heapify();
            for (int i = 0; i < count; i++) {
                best.add(logprob(heap.firstValue()));
                heap.removeFirst();
            }
        }
        return new TokenLogprobs(logprob(chosen), rank(chosen), best);
    }

    /** @param asked the tokens to tell of, in any order; told best first */
    public TokenLogprobs of(int chosen, List<Integer> asked) {
        List<TokenLogprob> told = asked.stream().distinct().map(this::logprob)
                .sorted(Comparator.comparingDouble(TokenLogprob::logprob).reversed()).toList();
        return new TokenLogprobs(logprob(chosen), rank(chosen), told);
    }

    private int rank(int token) {
        int rank = 0;
        for (float logit : raw) {
            rank += logit >= raw[token] ? 1 : 0;
        }
        return rank;
    }

    private TokenLogprob logprob(int token) {
        return new TokenLogprob(token, (float) (raw[token] - logSumExp));
    }
}
