package io.barista.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.cli.bench.Workload.Input;
import io.barista.engine.model.ModelFolder;
import io.barista.engine.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RandomWorkloadTest {

    @Test
    void givesTheSamePromptsForTheSameSeedOnly() {
        assertThat(new RandomWorkload(Optional.empty(), 1).create(5, 20, 8))
                .isEqualTo(new RandomWorkload(Optional.empty(), 1).create(5, 20, 8))
                .isNotEqualTo(new RandomWorkload(Optional.empty(), 2).create(5, 20, 8));
    }

    @Test
    void meetsTheLengthInTokensOfTheModel() {
        Tokenizer tokenizer = ModelFolder.open(Path.of(System.getProperty("barista.root"), "models/barista-demo"))
                .tokenizer();

        List<Integer> lengths = new RandomWorkload(Optional.of(tokenizer), 1).create(20, 50, 8).items().stream()
                .map(item -> tokenizer.encode(((Input.Prompt) item.input()).text(), false).length).toList();

        assertThat(lengths).containsOnly(50);
    }
}
