package io.barista.engine.cpu;

import io.barista.engine.backend.ExpertMatrices;
import io.barista.engine.backend.MixtureSpec;
import io.barista.engine.backend.MixtureWorkspace;
import java.util.Arrays;

/** What a router chose and one expert's rows at a time. */
final class CpuMixture implements MixtureWorkspace {

    private final MixtureSpec spec;
    private final int maxRows;

    final ExpertChoice choice;
    private final int[] rows; // [maxRows], those of x that the current expert computes
    private final float[] weights; // [maxRows], of those rows
    private final float[] gathered; // [maxRows, hidden]
    private final float[] gateUp; // [maxRows, 2·inner]
    private final float[] inner; // [maxRows, inner]
    private final float[] result; // [maxRows, hidden]

    CpuMixture(MixtureSpec spec, int maxRows) {
        this.spec = spec;
        this.maxRows = maxRows;
        this.choice = new ExpertChoice(spec.router(), maxRows);
        this.rows = new int[maxRows];
        this.weights = new float[maxRows];
        this.gathered = new float[Math.multiplyExact(maxRows, spec.hidden())];
        this.gateUp = new float[Math.multiplyExact(maxRows, 2 * spec.inner())];
        this.inner = new float[Math.multiplyExact(maxRows, spec.inner())];
        this.result = new float[Math.multiplyExact(maxRows, spec.hidden())];
    }

    @Override
    public MixtureSpec spec() {
        return spec;
    }

    @Override
    public int maxRows() {
        return maxRows;
    }

    void requireFits(ExpertMatrices gateUp, ExpertMatrices down) {
        int experts = spec.router().experts();
        if (gateUp.experts() != experts || gateUp.outputs() != 2 * spec.inner() || gateUp.inputs() != spec.hidden()
                || down.experts() != experts || down.outputs() != spec.hidden() || down.inputs() != spec.inner()) {
            throw new IllegalArgumentException("%s: %d of [%d, %d], %s: %d of [%d, %d]; expected %s".formatted(
                    gateUp.name(), gateUp.experts(), gateUp.outputs(), gateUp.inputs(), down.name(), down.experts(),
                    down.outputs(), down.inputs(), spec));
        }
    }

    /** Expert after expert, so that a row's sum is the same whoever stands beside it. */
    void compute(CpuMaths maths, CpuExpertMatrices gateUpWeights, CpuExpertMatrices down, float[] x, int count,
            float[] out) {
        Arrays.fill(out, 0, count * spec.hidden(), 0);
        for (int expert = 0; expert < gateUpWeights.experts(); expert++) {
            int found = gather(expert, x, count);
            if (found > 0) {
                maths.product(gateUpWeights.matrices().get(expert), gathered, found, gateUp);
                maths.gatedActivation(gateUp, spec.activation(), found, spec.inner(), inner);
                maths.rounded(inner, found * spec.inner());
                maths.product(down.matrices().get(expert), inner, found, result);
                scatter(found, out);
            }
        }
    }

    /** Gathers the rows of x that chose {@code expert}; returns how many there are. */
    private int gather(int expert, float[] x, int count) {
        int perToken = spec.router().perToken();
        int found = 0;
        for (int row = 0; row < count; row++) {
            for (int k = 0; k < perToken; k++) {
                if (choice.experts[row * perToken + k] == expert) {
                    System.arraycopy(x, row * spec.hidden(), gathered, found * spec.hidden(), spec.hidden());
                    rows[found] = row;
                    weights[found++] = choice.weights[row * perToken + k];
                }
            }
        }
        return found;
    }

    /** Adds the current expert's results, weighted, to the rows they belong to. */
    private void scatter(int found, float[] out) {
        int hidden = spec.hidden();
        for (int i = 0; i < found; i++) {
            int to = rows[i] * hidden;
            for (int column = 0; column < hidden; column++) {
                out[to + column] += weights[i] * result[i * hidden + column];
            }
        }
    }
}
