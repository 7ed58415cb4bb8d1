package io.barista.engine.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.barista.config.DtypeChoice;
import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.engine.EmbeddingEngine;
import io.barista.engine.backend.Backend;
import io.barista.engine.model.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Embeddings of a backend against what transformers computes. A backend's test extends this. */
public abstract class EmbeddingGoldenKit {

    private static final double EXACT = 1 - 1e-6;

    private final EmbeddingGolden golden = EmbeddingGolden.load();

    @TempDir
    @SuppressWarnings("NullAway.Init") // set before each test
    Path temporary;

    protected abstract Backend backend();

    @Test
    void embeddingsOfABatchInChunksAreThoseOfTransformers() {
        try (EmbeddingEngine engine = start(EmbeddingGolden.unpackInto(temporary), DtypeChoice.FLOAT32)) {
            List<CompletableFuture<float[]>> embeddings = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                embeddings.add(engine.embed(prompt(i).ids()));
            }
            for (int i = 0; i < 12; i++) {
                assertEmbedding(embeddings.get(i).join(), prompt(i).embedding(), EXACT);
            }
            assertThat(engine.dimensions()).isEqualTo(64);
        }
    }

    @Test
    void bfloat16LosesLittle() {
        try (EmbeddingEngine engine = start(EmbeddingGolden.unpackInto(temporary), DtypeChoice.BFLOAT16)) {
            for (EmbeddingGolden.Prompt prompt : golden.prompts()) {
                assertEmbedding(engine.embed(prompt.ids()).join(), prompt.embedding(), 0.999);
            }
        }
    }

    @Test
    void theFirstTokenCountsWhereTheFolderSaysSo() throws IOException {
        try (EmbeddingEngine engine = start(withPooling("pooling_mode_cls_token"), DtypeChoice.FLOAT32)) {
            for (EmbeddingGolden.Prompt prompt : golden.prompts()) {
                float[] embedding = engine.embed(prompt.ids()).join();
                assertThat(Distance.cosine(embedding, prompt.firstToken())).isGreaterThanOrEqualTo(EXACT);
            }
        }
    }

    /** The hidden state of a position is that of the last token of the prefix that ends there. */
    @Test
    void theMeanIsThatOfAllPositions() throws IOException {
        int[] ids = golden.prompts().get(1).ids();
        double[] sum = new double[64];
        try (EmbeddingEngine engine = start(withoutNormalising(EmbeddingGolden.unpackInto(temporary)),
                DtypeChoice.FLOAT32)) {
            for (int end = 1; end <= ids.length; end++) {
                float[] hidden = engine.embed(Arrays.copyOf(ids, end)).join();
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += hidden[i];
                }
            }
            assertThat(engine.embed(ids).join()).containsExactly(golden.prompts().get(1).lastToken(), within(1e-4f));
        }
        try (EmbeddingEngine engine = start(withoutNormalising(withPooling("pooling_mode_mean_tokens")),
                DtypeChoice.FLOAT32)) {
            float[] mean = engine.embed(ids).join();
            for (int i = 0; i < sum.length; i++) {
                assertThat((double) mean[i]).isCloseTo(sum[i] / ids.length, within(1e-5));
            }
        }
    }

    private EmbeddingGolden.Prompt prompt(int i) {
        return golden.prompts().get(i % golden.prompts().size());
    }

    private static void assertEmbedding(float[] actual, float[] expected, double leastCosine) {
        assertThat(Distance.cosine(actual, expected)).isGreaterThanOrEqualTo(leastCosine);
        double squares = 0;
        for (float value : actual) {
            squares += (double) value * value;
        }
        assertThat(Math.sqrt(squares)).isCloseTo(1, within(1e-3));
    }

    private Path withPooling(String mode) throws IOException {
        Path folder = EmbeddingGolden.unpackInto(temporary);
        Files.writeString(folder.resolve("1_Pooling/config.json"), "{\"%s\": true}".formatted(mode));
        return folder;
    }

    private static Path withoutNormalising(Path folder) throws IOException {
        Path modules = folder.resolve("modules.json");
        Files.writeString(modules, Files.readString(modules).replaceFirst("(?s),\\s*\\{[^{]*Normalize\"\\s*\\}", ""));
        return folder;
    }

    private EmbeddingEngine start(Path folder, DtypeChoice dtype) {
        EngineConfig config = EngineConfig.empty().with(EngineOptions.DTYPE, dtype)
                .with(EngineOptions.MAX_NUM_SEQS, 8).with(EngineOptions.MAX_NUM_BATCHED_TOKENS, 61)
                .with(EngineOptions.NUM_GPU_BLOCKS_OVERRIDE, 2_048);
        return EmbeddingEngine.start(ModelFolder.open(folder), config, List.of(backend()));
    }
}
