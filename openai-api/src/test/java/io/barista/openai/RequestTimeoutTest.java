package io.barista.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.openai.error.ApiException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTimeoutTest {

    @Test
    void readsSecondsWithFractions() {
        assertThat(RequestTimeout.parse(" 1.5 ")).isEqualTo(Duration.ofMillis(1500));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "0", "-3", "0.0"})
    void waitsWithoutEndWhenToldNothingOrNothingPositive(String header) {
        assertThat(RequestTimeout.parse(header)).isNull();
    }

    @Test
    void takesAbsurdNumbersForAYear() {
        assertThat(RequestTimeout.parse("1e400")).isEqualTo(Duration.ofDays(365));
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "NaN", "1s"})
    void refusesWhatIsNoNumber(String header) {
        assertThatThrownBy(() -> RequestTimeout.parse(header)).isInstanceOf(ApiException.class)
                .hasMessageContaining("x-request-timeout-seconds");
    }

    @Test
    void tellsWhatIsLeftSoThatItIsReadAlike() {
        assertThat(RequestTimeout.parse(RequestTimeout.format(Duration.ofMillis(1500))))
                .isEqualTo(Duration.ofMillis(1500));
        assertThat(RequestTimeout.parse(RequestTimeout.format(Duration.ZERO))).isEqualTo(Duration.ofNanos(1));
    }
}
