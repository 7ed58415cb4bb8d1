package io.barista.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.config.DtypeChoice;
import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.engine.LogitsProbe;
import io.barista.engine.model.ModelFolder;
import io.barista.engine.testkit.Distance;
import io.barista.engine.testkit.ModelGolden;
import io.barista.engine.testkit.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Measures how far every tiny model is from transformers, and leaves the table of docs/reference/models.md in target. */
class GoldenErrorsTest {

    private static final double UNQUANTIZED_TOLERANCE = 1e-3;

    @TempDir
    Path temporary;

    @Test
    void measuresTheErrorOfEveryModel() throws IOException {
        List<String> table = new ArrayList<>(List.of(
                "| tiny model | float32: largest error of a logit, in standard deviations | bfloat16: least cosine |",
                "|---|---|---|"));
        for (TinyModel model : TinyModel.values()) {
            double error = 0;
            double cosine = 1;
            ModelGolden golden = model.golden();
            for (ModelGolden.Prompt prompt : golden.prompts()) {
                float[] exact = logits(model, DtypeChoice.FLOAT32, prompt);
                for (int i = 0; i < exact.length; i++) {
                    error = Math.max(error,
                            Math.abs((double) exact[i] - prompt.last().logits()[i]) / prompt.last().deviation());
                }
                cosine = Math.min(cosine,
                        Distance.cosine(logits(model, DtypeChoice.BFLOAT16, prompt), prompt.last().logits()));
            }
            table.add("| %s | %.1e | %.5f |".formatted(model.name().toLowerCase(Locale.ROOT).replace('_', '-'), error,
                    cosine));
            if (!model.name().contains("FP8")) { // activations may be quantised there
                assertThat(error).as(model.name()).isLessThan(UNQUANTIZED_TOLERANCE);
            }
            assertThat(cosine).as(model.name()).isGreaterThan(0.99);
        }
        Files.write(Files.createDirectories(Path.of("target")).resolve("golden-errors.md"), table);
    }

    private float[] logits(TinyModel model, DtypeChoice dtype, ModelGolden.Prompt prompt) {
        EngineConfig config = EngineConfig.empty().with(EngineOptions.DTYPE, dtype);
        try (LogitsProbe probe = LogitsProbe.open(ModelFolder.open(model.unpackInto(temporary)), config,
                List.of(new CpuBackend()))) {
            return probe.run(prompt.ids(), 1).lastLogits();
        }
    }
}
