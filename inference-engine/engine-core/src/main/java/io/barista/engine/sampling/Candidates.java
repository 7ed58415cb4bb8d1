package io.barista.engine.sampling;

import io.barista.engine.SamplingParams;

/**
 * The tokens that survive temperature, min_p, top_k and top_p, with their weights. A probability is never needed to compare, only
 * its logarithm, so min_p and top_k are thresholds on the logits, and exponentials are taken of what is left.
 */
final class Candidates {

    private final int[] ids; // kept tokens
    private final double[] weights; // e^((logit - largest) / T), beside ids
    private final MaxHeap heap;
    private final TopK topK = new TopK();
    private int size;
    private double total;

    Candidates(int vocabSize) {
        this.ids = new int[vocabSize];
        this.weights = new double[vocabSize];
        this.heap = new MaxHeap(vocabSize);
    }

    void fill(float[] logits, SamplingParams params) {
        double temperature = params.temperature();
        float largest = Float.NEGATIVE_INFINITY;
        for (float logit : logits) {
            largest = Math.max(largest, logit);
        }
        // p < minP · pmax  is  logit / T < ln(minP) + largest / T
        double floor = params.minP() > 0 ? largest + Math.log(params.minP()) * temperature : Double.NEGATIVE_INFINITY;
        if (params.topK() > 0 && params.topK() < logits.length) {
            floor = Math.max(floor, kthLargest(logits, params.topK()));
        }
        size = 0;
        total = 0;
        for (int id = 0; id < logits.length; id++) {
            float logit = logits[id];
            if (logit >= floor && logit > Float.NEGATIVE_INFINITY) {
                ids[size] = id;
                weights[size] = Math.exp((logit - largest) / temperature);
                total += weights[size];
                size++;
            }
        }
        if (params.topP() < 1) {
            keepTopP(logits, params.topP());
        }
    }

    /** The candidate at {@code uniform} of the cumulative distribution, in order of ids. */
    int pick(double uniform) {
        double target = uniform * total;
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += weights[i];
            if (sum > target) {
                return ids[i];
            }
        }
        // Rounding alone leads here, or logits that are no numbers.
        return size == 0 ? 0 : ids[size - 1];
    }

    double[] probabilities(int vocabSize) {
        double[] probabilities = new double[vocabSize];
        for (int i = 0; i < size; i++) {
            probabilities[ids[i]] = weights[i] / total;
        }
        return probabilities;
    }

    /** Ties with the k-th stay. */
    private float kthLargest(float[] logits, int k) {
        if (k <= TopK.MOST) {
            topK.select(logits, k);
            return topK.least();
        }
        heap.clear();
        for (int id = 0; id < logits.length; id++) {
            heap.add(logits[id], id);
        }
        heap.heapify();
        for (int i = 1; i < k; i++) {
            heap.removeFirst();
        }
        return heap.firstKey();
    }

    /** The shortest prefix, most probable first, whose mass reaches p; at least one. */
    private void keepTopP(float[] logits, double topP) {
        heap.clear();
        for (int i = 0; i < size; i++) {
            heap.add(logits[ids[i]], i);
        }
        heap.heapify();
        double wanted = topP * total;
        double mass = 0;
        while (heap.size() > 0 && mass < wanted) {
            mass += weights[heap.firstValue()];
            heap.removeFirst();
        }
        for (int i = 0; i < heap.size(); i++) {
            weights[heap.value(i)] = 0;
        }
        total = mass;
    }
}
