package io.barista.gateway.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCatalogTest {

    private final ModelCatalog catalog = new ModelCatalog();

    @BeforeEach
    void serve() {
        catalog.serve(List.of(new ServedModel("qwen", "qwen"), new ServedModel("qwen:1.5b", "qwen-1-5b"),
                new ServedModel("org/other", "org-other")));
    }

    @ParameterizedTest
    @CsvSource({"qwen, qwen,", "qwen:1.5b, qwen:1.5b,", "qwen:pirate, qwen, pirate",
        "qwen:1.5b:pirate, qwen:1.5b, pirate",
        "qwen:1.5bc, qwen, 1.5bc", "qwen:x:y, qwen, x:y", "org/other:a, org/other, a"})
    void theLongestKnownBaseWins(String asked, String model, String adapter) {
        Target target = catalog.find(asked).orElseThrow();

        assertThat(target.model().id()).isEqualTo(model);
        assertThat(target.adapter()).isEqualTo(adapter);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", "qwen:", "qwe", "qwens", ":pirate", "other", "org/other:"})
    void whatIsNeitherAModelNorAnAdapterOfOneIsNothing(String asked) {
        assertThat(catalog.find(asked)).isEmpty();
    }

    @Test
    void theOnlyModelNeedsNoName() {
        catalog.serve(List.of(new ServedModel("qwen:1.5b", "x")));

        assertThat(catalog.resolve(null)).isEqualTo(new Target(new ServedModel("qwen:1.5b", "x"), null));
    }
}
