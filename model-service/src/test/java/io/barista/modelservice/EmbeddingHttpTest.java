package io.barista.modelservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.barista.engine.testkit.EmbeddingGolden;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;

/** A folder of sentence-transformers is served for embeddings without being asked to. */
class EmbeddingHttpTest extends AbstractServiceTest {

    @TempDir
    static Path temporary;

    private final EmbeddingGolden golden = EmbeddingGolden.load();

    @DynamicPropertySource
    static void model(DynamicPropertyRegistry registry) {
        Path folder = EmbeddingGolden.unpackInto(temporary);
        registry.add("barista.serve.model", folder::toString);
        registry.add("barista.serve.served-model-name", () -> "tiny-embed");
        registry.add("barista.serve.engine-kwargs", () -> "{\"dtype\":\"float32\",\"max_model_len\":256}");
    }

    @Test
    void embeddingsOfTokenIdsAreThoseOfTransformers() {
        String inputs = Arrays.toString(golden.prompts().stream().map(each -> Arrays.toString(each.ids())).toArray());
        JsonNode answer = embed("{\"model\":\"tiny-embed\",\"input\":" + inputs + "}");
        assertThat(answer.path("object").asString()).isEqualTo("list");
        assertThat(answer.path("model").asString()).isEqualTo("tiny-embed");
        for (int i = 0; i < golden.prompts().size(); i++) {
            JsonNode item = answer.path("data").path(i);
            assertThat(item.path("object").asString()).isEqualTo("embedding");
            assertThat(item.path("index").asInt()).isEqualTo(i);
            assertThat(floats(item)).containsExactly(golden.prompts().get(i).embedding(), within(1e-4f));
        }
        int tokens = golden.prompts().stream().mapToInt(each -> each.ids().length).sum();
        assertThat(answer.path("usage").path("prompt_tokens").asInt()).isEqualTo(tokens);
        assertThat(answer.path("usage").path("total_tokens").asInt()).isEqualTo(tokens);
    }

    @Test
    void aStringAListAndTokenIdsAreTheSameInput() {
        JsonNode ids = service.post("/tokenize", "{\"prompt\":\"a red fox\"}").json().path("tokens");
        float[] one = floats(embed("{\"input\":\"a red fox\"}").path("data").path(0));
        assertThat(floats(embed("{\"input\":[\"a red fox\",\"b\"]}").path("data").path(0))).containsExactly(one,
                within(1e-6f));
        assertThat(floats(embed("{\"input\":" + ids + "}").path("data").path(0))).containsExactly(one, within(1e-6f));
        assertThat(floats(embed("{\"input\":[" + ids + "]}").path("data").path(0))).containsExactly(one,
                within(1e-6f));
    }

    @Test
    void base64HoldsTheSameFloats() {
        float[] plain = floats(embed("{\"input\":\"hello\",\"user\":\"u\"}").path("data").path(0));
        String text = embed("{\"input\":\"hello\",\"encoding_format\":\"base64\"}").path("data").path(0)
                .path("embedding").asString();
        float[] decoded = new float[plain.length];
        ByteBuffer.wrap(Base64.getDecoder().decode(text)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(decoded);
        assertThat(decoded).containsExactly(plain);
    }

    @Test
    void fewerDimensionsAreTheBeginningMadeOfLengthOneAgain() {
        float[] whole = floats(embed("{\"input\":\"hello\"}").path("data").path(0));
        float[] short16 = floats(embed("{\"input\":\"hello\",\"dimensions\":16}").path("data").path(0));
        assertThat(short16).hasSize(16);
        double length = Math.sqrt(dot(Arrays.copyOf(whole, 16), Arrays.copyOf(whole, 16)));
        for (int i = 0; i < 16; i++) {
            assertThat((double) short16[i]).isCloseTo(whole[i] / length, within(1e-5));
        }
    }

    @Test
    void aConversationIsEmbeddedAsItsTemplateRendersIt() {
        float[] chat = floats(embed("{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}").path("data").path(0));
        float[] text = floats(embed("{\"input\":\"<|im_start|>user\\nhi<|im_end|>\\n<|im_start|>assistant\\n\"}")
                .path("data").path(0));
        assertThat(chat).containsExactly(text, within(1e-6f));
    }

    @Test
    void longInputsAreCutOnlyWhenAsked() {
        String ids = Arrays.toString(golden.prompts().get(2).ids());
        float[] first4 = floats(embed("{\"input\":" + Arrays.toString(Arrays.copyOf(golden.prompts().get(2).ids(), 4))
                + "}").path("data").path(0));
        assertThat(floats(embed("{\"input\":" + ids + ",\"truncate_prompt_tokens\":4}").path("data").path(0)))
                .containsExactly(first4, within(1e-5f));
        String tooLong = "[" + "7,".repeat(300) + "7]";
        ServiceClient.Answer refused = service.post("/v1/embeddings", "{\"input\":" + tooLong + "}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().path("error").path("code").asString()).isEqualTo("context_length_exceeded");
        assertThat(refused.json().path("error").path("message").asString())
                .startsWith("This model's maximum context length is 256 tokens. However, you requested 301 tokens");
        assertThat(embed("{\"input\":" + tooLong + ",\"truncate_prompt_tokens\":-1}").path("usage")
                .path("prompt_tokens").asInt()).isEqualTo(256);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{}|input", "{'input':[]}|input", "{'input':''}|input",
        "{'input':{}}|input", "{'input':'a','dimensions':0}|dimensions", "{'input':'a','dimensions':65}|dimensions",
        "{'input':'a','encoding_format':'hex'}|encoding_format", "{'input':[400]}|input", "{'input':[-1]}|input",
        "{'input':'a','normalize':false}|normalize", "{'input':'a','embed_dtype':'float16'}|embed_dtype",
        "{'input':'a','truncate_prompt_tokens':257}|truncate_prompt_tokens",
        "{'input':'a','messages':[]}|messages", "{'model':'other','input':'a'}|model"})
    void wrongFieldsAreNamed(String body, String param) {
        ServiceClient.Answer answer = service.post("/v1/embeddings", body.replace('\'', '"'));
        assertThat(answer.status()).as(answer.body()).isEqualTo(param.equals("model") ? 404 : 400);
        assertThat(answer.json().path("error").path("param").asString()).isEqualTo(param);
    }

    @Test
    void manyInputsAreMoreThanMayWait() {
        String inputs = "[" + "\"a b\",".repeat(2047) + "\"a b\"]";
        assertThat(embed("{\"input\":" + inputs + ",\"encoding_format\":\"base64\"}").path("data").size())
                .isEqualTo(2048);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/score", "/score"})
    void scoresAreCosines(String path) {
        JsonNode embedded = embed("{\"input\":[\"one\",\"two\",\"three\"]}").path("data");
        JsonNode scores = service.post(path, "{\"text_1\":\"one\",\"text_2\":[\"two\",\"three\"]}").json();
        assertThat(scores.path("data").size()).isEqualTo(2);
        for (int i = 0; i < 2; i++) {
            JsonNode score = scores.path("data").path(i);
            assertThat(score.path("object").asString()).isEqualTo("score");
            assertThat(score.path("index").asInt()).isEqualTo(i);
            assertThat(score.path("score").asDouble())
                    .isCloseTo(dot(floats(embedded.path(0)), floats(embedded.path(i + 1))), within(1e-5));
        }
        JsonNode pairs = service.post(path, "{\"queries\":[\"one\",\"two\"],\"documents\":[\"two\",\"two\"]}").json();
        assertThat(pairs.path("data").path(0).path("score").asDouble())
                .isCloseTo(scores.path("data").path(0).path("score").asDouble(), within(1e-5));
        assertThat(pairs.path("data").path(1).path("score").asDouble()).isCloseTo(1, within(1e-5));
    }

    @Test
    void scoresOfSidesThatDoNotFitAreRefused() {
        ServiceClient.Answer answer = service.post("/v1/score", "{\"text_1\":[\"a\",\"b\"],\"text_2\":[\"a\"]}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("error").path("message").asString())
                .isEqualTo("Input lengths must be either 1:1, 1:N or N:N");
        assertThat(service.post("/v1/score", "{\"text_1\":\"a\"}").status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/rerank", "/v2/rerank", "/rerank"})
    void rankingsPutTheBestFirst(String path) {
        JsonNode ranked = service.post(path, "{\"query\":\"two\",\"documents\":[\"one\",{\"text\":\"two\"},\"three\"]}")
                .json();
        JsonNode results = ranked.path("results");
        assertThat(results.size()).isEqualTo(3);
        assertThat(results.path(0).path("index").asInt()).isEqualTo(1);
        assertThat(results.path(0).path("document").path("text").asString()).isEqualTo("two");
        assertThat(results.path(0).path("relevance_score").asDouble()).isCloseTo(1, within(1e-5));
        assertThat(results.path(1).path("relevance_score").asDouble())
                .isGreaterThanOrEqualTo(results.path(2).path("relevance_score").asDouble());
        assertThat(ranked.path("usage").path("total_tokens").asInt()).isPositive();
        JsonNode best = service.post(path, "{\"query\":\"two\",\"documents\":[\"one\",\"two\"],\"top_n\":1,"
                + "\"return_documents\":false}").json().path("results");
        assertThat(best.size()).isEqualTo(1);
        assertThat(best.path(0).has("document")).isFalse();
    }

    @Test
    void chatsAreRefusedClearly() {
        for (String path : new String[]{"/v1/chat/completions", "/v1/completions"}) {
            ServiceClient.Answer answer = service.post(path, "{\"messages\":[],\"prompt\":\"a\"}");
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.json().path("error").path("message").asString())
                    .startsWith("The model does not support").contains("/v1/embeddings");
        }
        assertThat(service.post("/v1/chat/completions", "{\"model\":\"other\"}").status()).isEqualTo(404);
    }

    @Test
    void countsItsTokens() {
        embed("{\"input\":[7,8,9]}");
        assertThat(service.get("/metrics").body())
                .containsPattern("vllm:prompt_tokens_total\\{[^}]*model_name=\"tiny-embed\"[^}]*} [1-9]")
                .containsPattern("vllm:request_success_total\\{[^}]*finished_reason=\"stop\"[^}]*} [1-9]");
    }

    @Test
    void isHealthyAndListed() {
        assertThat(service.get("/health").status()).isEqualTo(200);
        assertThat(service.get("/v1/models").json().path("data").path(0).path("max_model_len").asInt()).isEqualTo(256);
        assertThat(service.get("/server_info").json().path("config").path("backend").asString()).isEqualTo("cpu");
    }

    @Test
    void takesWhateverComes() {
        List<String> fields = List.of("input", "messages", "dimensions", "encoding_format", "truncate_prompt_tokens",
                "truncation_side", "add_special_tokens", "normalize", "embed_dtype", "user", "text_1", "text_2",
                "query", "documents", "top_n", "return_documents", "max_tokens_per_doc", "model");
        HostileBodies.send(service, "/v1/embeddings", "{\"input\":\"a\"", fields, 200);
        HostileBodies.send(service, "/v1/score", "{\"text_1\":\"a\",\"text_2\":[\"b\"]", fields, 150);
        HostileBodies.send(service, "/v1/rerank", "{\"query\":\"a\",\"documents\":[\"b\",\"c\"]", fields, 150);
    }

    private JsonNode embed(String body) {
        ServiceClient.Answer answer = service.post("/v1/embeddings", body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private static float[] floats(JsonNode item) {
        JsonNode numbers = item.path("embedding");
        float[] floats = new float[numbers.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) numbers.path(i).asDouble();
        }
        return floats;
    }

    private static double dot(float[] one, float[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += one[i] * other[i];
        }
        return sum;
    }
}
