package io.barista.engine.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.barista.engine.TestRequests;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The exact distributions that an independent float64 implementation of vLLM's order gives for the same logits. */
class SamplerGoldenTest {

    @TestFactory
    Stream<DynamicTest> drawsFromTheReferenceDistribution() throws IOException {
        try (InputStream file = getClass().getResourceAsStream("sampling-golden.json")) {
            JsonNode goldens = JsonMapper.builder().build().readTree(file);
            return goldens.properties().stream().flatMap(SamplerGoldenTest::cases);
        }
    }

    private static Stream<DynamicTest> cases(Map.Entry<String, JsonNode> golden) {
        JsonNode sampling = golden.getValue();
        float[] logits = floats(sampling.get("logits_b64"));
        int[] prompt = ints(sampling.get("context").get("prompt_ids"));
        int[] output = ints(sampling.get("context").get("output_ids"));
        int[] tokens = Stream.of(prompt, output).flatMapToInt(Arrays::stream).toArray();
        return sampling.get("cases").valueStream().map(sampled -> DynamicTest.dynamicTest(
                golden.getKey() + " " + sampled.get("name").asString(), () -> {
                    double[] actual = new Sampler(logits.length).distribution(logits.clone(),
                            recipe(sampled.get("params")), tokens, prompt.length, tokens.length);
                    float[] expected = floats(sampled.get("probs_b64"));
                    for (int id = 0; id < expected.length; id++) {
                        assertThat(actual[id]).as("token " + id).isCloseTo(expected[id], within(1e-6));
                        assertThat(actual[id] == 0).as("support at " + id).isEqualTo(expected[id] == 0);
                    }
                }));
    }

    private static SamplingRecipe recipe(JsonNode json) {
        return TestRequests.sampling().temperature(json.get("temperature").asDouble())
                .filters(json.path("top_k").asInt(0), json.path("top_p").asDouble(1), json.path("min_p").asDouble(0))
                .penalties(json.path("repetition_penalty").asDouble(1), json.path("presence_penalty").asDouble(0),
                        json.path("frequency_penalty").asDouble(0))
                .recipe();
    }

    private static int[] ints(JsonNode array) {
        return array.valueStream().mapToInt(JsonNode::asInt).toArray();
    }

    private static float[] floats(JsonNode base64) {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(base64.asString()))
                .order(ByteOrder.LITTLE_ENDIAN);
        float[] floats = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(floats);
        return floats;
    }
}
