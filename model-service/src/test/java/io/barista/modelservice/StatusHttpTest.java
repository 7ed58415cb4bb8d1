package io.barista.modelservice;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class StatusHttpTest extends AbstractDemoTest {

    @Test
    void listsTheModelUnderAllItsNames() {
        JsonNode models = service.get("/v1/models").json();
        assertThat(models.path("object").asString()).isEqualTo("list");
        assertThat(models.path("data").size()).isEqualTo(2);
        JsonNode card = models.path("data").path(0);
        assertThat(card.path("id").asString()).isEqualTo("barista-demo");
        assertThat(card.path("object").asString()).isEqualTo("model");
        assertThat(card.path("max_model_len").asInt()).isEqualTo(2048);
        assertThat(card.path("metadata").path("input_modality").asString()).isEqualTo("text");
        assertThat(card.path("parent").isNull()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/models/org/alias", "/v1/models/org%2Falias", "/v1/models/org%2falias"})
    void findsAModelWhoseIdHasASlash(String path) {
        assertThat(service.get(path).json().path("id").asString()).isEqualTo("org/alias");
    }

    @Test
    void doesNotFindAModelThatIsNotThere() {
        ServiceClient.Answer answer = service.get("/v1/models/org/other");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.json().path("error").path("code").asString()).isEqualTo("model_not_found");
    }

    @Test
    void tokenizesAndBack() {
        JsonNode tokens = service.post("/tokenize", "{\"prompt\":\"Hello, world\",\"return_token_strs\":true}").json();
        assertThat(tokens.path("count").asInt()).isEqualTo(tokens.path("tokens").size())
                .isEqualTo(tokens.path("token_strs").size());
        assertThat(tokens.path("max_model_len").asInt()).isEqualTo(2048);
        assertThat(service.post("/detokenize", "{\"tokens\":" + tokens.path("tokens") + "}").json().path("prompt")
                .asString())
                .isEqualTo("Hello, world");
    }

    @Test
    void tokenizesAChatAsItsTemplateRendersIt() {
        JsonNode tokens = service
                .post("/tokenize", "{\"messages\":[{\"role\":\"user\",\"content\":\"What is 12 + 7?\"}]}")
                .json().path("tokens");
        assertThat(service.post("/detokenize", "{\"tokens\":" + tokens + "}").json().path("prompt").asString())
                .isEqualTo("<|im_start|>user\nWhat is 12 + 7?<|im_end|>\n<|im_start|>assistant\n");
        assertThat(service.post("/detokenize", "{\"tokens\":[123456]}").status()).isEqualTo(400);
    }

    @Test
    void isHealthyAndReady() {
        assertThat(service.get("/health").status()).isEqualTo(200);
        assertThat(service.get("/health").body()).isEmpty();
        assertThat(service.get("/ping").status()).isEqualTo(200);
        assertThat(service.get("/actuator/health/readiness").status()).isEqualTo(200);
        assertThat(service.get("/actuator/health/liveness").status()).isEqualTo(200);
    }

    @Test
    void tellsItsVersionAndWhatRuns() {
        assertThat(service.get("/version").json().path("version").asString()).matches("\\d+\\.\\d+.*");
        JsonNode info = service.get("/server_info").json();
        assertThat(info.path("config").path("backend").asString()).isEqualTo("cpu");
        assertThat(info.path("config").path("max_num_seqs").asInt()).isEqualTo(32);
    }
}
