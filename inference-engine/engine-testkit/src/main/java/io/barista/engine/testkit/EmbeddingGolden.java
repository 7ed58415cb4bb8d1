package io.barista.engine.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What transformers computes for a tiny Qwen2 without a head, in a folder of sentence-transformers. */
public record EmbeddingGolden(List<Prompt> prompts) {

    private static final ModelResources MODEL = new ModelResources("qwen2-embedding-lasttoken",
            List.of("config.json", "config.alt.json", "modules.json", "1_Pooling/config.json", "tokenizer.json",
                    "tokenizer_config.json", "model.safetensors"));

    /**
     * @param embedding  of the last token, of length 1
     * @param firstToken its hidden state
     * @param lastToken  its hidden state
     */
    public record Prompt(int[] ids, float[] embedding, float[] firstToken, float[] lastToken) {}

    public static EmbeddingGolden load() {
        List<Prompt> prompts = new ArrayList<>();
        try (InputStream source = MODEL.open("golden.json")) {
            for (JsonNode prompt : JsonMapper.shared().readTree(source).get("prompts")) {
                prompts.add(new Prompt(ModelGolden.ints(prompt.get("ids")),
                        ModelGolden.floats(prompt.get("embedding_b64").asString()),
                        ModelGolden.floats(prompt.get("first_token_hidden_b64").asString()),
                        ModelGolden.floats(prompt.get("last_token_hidden_b64").asString())));
            }
            return new EmbeddingGolden(prompts);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies the model into {@code folder}/NAME. */
    public static Path unpackInto(Path folder) {
        return MODEL.unpackInto(folder);
    }
}
