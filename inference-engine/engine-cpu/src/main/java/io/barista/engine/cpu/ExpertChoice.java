package io.barista.engine.cpu;

import io.barista.engine.backend.RouterSpec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Chooses experts as {@link RouterSpec} says, in float64. Of equals the first is chosen. */
final class ExpertChoice {

    private static final double OUT = Double.NEGATIVE_INFINITY;

    /** Keeps a sum of probabilities that all underflowed from dividing by zero. */
    private static final double LEAST_SUM = 1e-20;

    private final RouterSpec router;
    private final double[] probabilities; // [experts]
    private final double[] candidates; // [experts], corrected
    private final double[] groupScores; // [groups]

    final int[] experts; // [rows, perToken]
    final float[] weights; // [rows, perToken]

    ExpertChoice(RouterSpec router, int maxRows) {
        this.router = router;
        this.probabilities = new double[router.experts()];
        this.candidates = new double[router.experts()];
        this.groupScores = new double[router.groups()];
        this.experts = new int[Math.multiplyExact(maxRows, router.perToken())];
        this.weights = new float[experts.length];
    }

    void choose(float[] logits, float @Nullable [] correction, int rows) {
        for (int row = 0; row < rows; row++) {
            score(logits, row * router.experts());
            for (int expert = 0; expert < router.experts(); expert++) {
                candidates[expert] = probabilities[expert] + (correction == null ? 0 : correction[expert]);
            }
            dropGroups();
            chooseBest(row * router.perToken());
        }
    }

    private void score(float[] logits, int from) {
        switch (router.scoring()) {
            case SOFTMAX -> {
                double max = OUT;
                for (int expert = 0; expert < router.experts(); expert++) {
                    max = Math.max(max, logits[from + expert]);
                }
                double sum = 0;
                for (int expert = 0; expert < router.experts(); expert++) {
                    probabilities[expert] = Math.exp(logits[from + expert] - max);
                    sum += probabilities[expert];
                }
                for (int expert = 0; expert < router.experts(); expert++) {
                    probabilities[expert] /= sum;
                }
            }
            case SIGMOID -> {
                for (int expert = 0; expert < router.experts(); expert++) {
                    probabilities[expert] = 1 / (1 + Math.exp(-logits[from + expert]));
                }
            }
        }
    }

    /** Leaves candidates in the best groups only. */
    private void dropGroups() {
        if (router.keptGroups() == router.groups()) {
            return;
        }
        int size = router.experts() / router.groups();
        for (int group = 0; group < router.groups(); group++) {
            groupScores[group] = groupScore(group * size, size);
        }
        for (int kept = 0; kept < router.keptGroups(); kept++) {
            groupScores[best(groupScores)] = Double.NaN;
        }
        for (int group = 0; group < router.groups(); group++) {
            if (!Double.isNaN(groupScores[group])) {
                Arrays.fill(candidates, group * size, (group + 1) * size, OUT);
            }
        }
    }

    private double groupScore(int from, int size) {
        double first = OUT;
        double second = OUT;
        for (int expert = from; expert < from + size; expert++) {
            second = Math.max(second, Math.min(first, candidates[expert]));
            first = Math.max(first, candidates[expert]);
        }
        return switch (router.groupScore()) {
            case BEST -> first;
            case SUM_OF_BEST_TWO -> size == 1 ? first : first + second;
        };
    }

    private void chooseBest(int at) {
        double sum = 0;
        for (int k = 0; k < router.perToken(); k++) {
            int expert = best(candidates);
            candidates[expert] = Double.NaN;
            experts[at + k] = expert;
            sum += probabilities[expert];
        }
        double factor = router.scale() / (router.renormalise() ? sum + LEAST_SUM : 1);
        for (int k = 0; k < router.perToken(); k++) {
            weights[at + k] = (float) (probabilities[experts[at + k]] * factor);
        }
    }

    /** The first of the largest; NaN marks what is taken. A row of nothing but NaN gives the first. */
    private static int best(double[] values) {
        int best = 0;
        double largest = Double.NaN;
        for (int i = 0; i < values.length; i++) {
            if (values[i] > largest || Double.isNaN(largest) && !Double.isNaN(values[i])) {
                best = i;
                largest = values[i];
            }
        }
        return best;
    }
}
