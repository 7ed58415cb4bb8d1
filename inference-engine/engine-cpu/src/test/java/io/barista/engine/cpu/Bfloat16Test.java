package io.barista.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class Bfloat16Test {

    @Property
    void everyBfloat16IsItself(@ForAll short bits) {
        float value = Bfloat16.toFloat(bits);
        assertThat(Float.valueOf(Bfloat16.round(value))).isEqualTo(Float.valueOf(value)); // boxed, so that NaN is NaN
    }

    @Test
    void roundsToTheNearestAndTiesToEven() {
        assertThat(Bfloat16.round(1 + 0x1p-8f)).isEqualTo(1); // a tie, down to even
        assertThat(Bfloat16.round(1 + 0x1.8p-7f)).isEqualTo(1 + 0x1p-6f); // a tie, up to even
        assertThat(Bfloat16.round(1 + 0x1.1p-8f)).isEqualTo(1 + 0x1p-7f);
        assertThat(Bfloat16.round(-Float.MAX_VALUE)).isEqualTo(Float.NEGATIVE_INFINITY);
    }

    @Test
    void aNaNWhosePayloadIsInTheLowerHalfStaysOne() {
        assertThat(Bfloat16.round(Float.intBitsToFloat(0x7f80_0001))).isNaN();
    }
}
