package io.barista.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdapterNameTest {

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", ".hidden", "-a", "a/b", "a\\b", "a b", "a:b", "a%2Fb", "ä"})
    void refusesWhatLeadsElsewhere(String name) {
        assertThat(AdapterName.isName(name)).isFalse();
    }

    @Test
    void takesNamesOfAtMost128Characters() {
        assertThat(AdapterName.isName("pirate-v1.2_b")).isTrue();
        assertThat(AdapterName.isName("a".repeat(128))).isTrue();
        assertThat(AdapterName.isName("a".repeat(129))).isFalse();
    }

    @Test
    void findsTheNameRightUnderTheRoot() {
        assertThat(AdapterName.under("s3://bucket/adapters", "s3://bucket/adapters/pirate")).contains("pirate");
        assertThat(AdapterName.under("s3://bucket/adapters", "s3://bucket/adapters/pirate//")).contains("pirate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3://bucket/adapters", "s3://bucket/adapters/", "s3://bucket/adapters/a/b",
        "s3://bucket/adapters/../secret", "s3://bucket/adapters2/a", "s3://other/adapters/a", "/adapters/a"})
    void findsNoneElsewhere(String address) {
        assertThat(AdapterName.under("s3://bucket/adapters", address)).isEmpty();
    }
}
