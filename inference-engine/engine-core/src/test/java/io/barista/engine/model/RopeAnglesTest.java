package io.barista.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Frequencies that transformers 5.17 computes, of which the goldens show only some. */
class RopeAnglesTest {

    @Test
    void dynamicIsPlainForShortSequencesAndHasTheLargestBaseForLongOnes() {
        RopeSpec spec = new RopeSpec.Dynamic(10_000, 2, 128);

        assertFrequencies(RopeAngles.frequencies(spec, 16, false), 1.0, 0.3162277638912201, 0.10000000149011612,
                0.03162277862429619, 0.009999999776482582, 0.003162277862429619, 0.0010000000474974513,
                0.0003162277862429619);
        assertFrequencies(RopeAngles.frequencies(spec, 16, true), 1.0, 0.2702961266040802, 0.07305999845266342,
                0.019747832790017128, 0.005337762646377087, 0.0014427766436710954, 0.00038997692172415555,
                0.00010540925723034889);
    }

    @Test
    void yarnKeepsHighFrequenciesAndDividesLowOnes() {
        RopeSpec spec = new RopeSpec.Yarn(10_000, 8, 64, 32, 1, RopeReader.magnitude(8, 1), true);

        assertFrequencies(RopeAngles.frequencies(spec, 16, false), 1.0, 0.2239946573972702, 0.0416666641831398,
                0.0039528473280370235, 0.0012499999720603228, 0.00039528473280370235, 0.0001250000059371814,
                3.9528473280370235e-05);
        assertThat(spec.attentionFactor()).isCloseTo(1.2079441541679836, within(1e-12));
    }

    @Test
    void rowsOfLongSequencesFollowThoseOfShortOnes() {
        RopeSpec spec = new RopeSpec.LongRope(10_000, List.of(1.0, 1.0), List.of(2.0, 4.0), 8, 1);

        float[] table = RopeAngles.cosSin(spec, 4, 10, 2);

        assertThat(table).hasSize(2 * 10 * 4);
        assertThat(table[3 * 4]).isCloseTo((float) Math.cos(3), within(1e-6f));
        assertThat(table[(10 + 3) * 4]).isCloseTo((float) Math.cos(3 / 2.0), within(1e-6f));
    }

    private static void assertFrequencies(float[] actual, double... expected) {
        assertThat(actual).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i]).as("pair %d", i).isCloseTo(expected[i], within(1e-6 * expected[i]));
        }
    }
}
