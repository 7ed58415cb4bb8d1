package io.barista.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import org.junit.jupiter.api.Test;

class VectorMathTest {

    private final float[] lanes = new float[Lanes.COUNT];

    @Property
    void expIsWithinTwoUlpOfTheTruth(@ForAll @FloatRange(min = -87.3f, max = 88.3f) float x) {
        double truth = Math.exp(x);
        assertThat(Math.abs(VectorMath.exp(x, lanes) - truth)).as("e^%s", x)
                .isLessThanOrEqualTo(2 * Math.ulp((float) truth));
    }

    @Test
    void expKeepsToItsEnds() {
        assertThat(VectorMath.exp(0, lanes)).isEqualTo(1);
        assertThat(VectorMath.exp(-88, lanes)).isZero();
        assertThat(VectorMath.exp(Float.NEGATIVE_INFINITY, lanes)).isZero();
        assertThat(VectorMath.exp(1000, lanes)).isBetween(2e38f, Float.MAX_VALUE);
        assertThat(VectorMath.exp(Float.NaN, lanes)).isNaN();
    }

    @Test
    void expLeavesWhatLiesAroundItsRange() {
        float[] values = new float[3 * Lanes.COUNT];
        VectorMath.exp(values, 1, Lanes.COUNT + 3, lanes);
        assertThat(values).startsWith(0, 1).endsWith(0, 0);
        assertThat(values[Lanes.COUNT + 3]).isEqualTo(1);
        assertThat(values[Lanes.COUNT + 4]).isZero();
    }
}
