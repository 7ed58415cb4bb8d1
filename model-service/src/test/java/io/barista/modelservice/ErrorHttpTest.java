package io.barista.modelservice;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ErrorHttpTest extends AbstractDemoTest {

    private static final String PATH = "/v1/chat/completions";

    @Test
    void refusesAnythingButJson() {
        requireError(service.send(service.request(PATH).header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("{}"))), 415, "unsupported_media_type");
        requireError(service.send(service.request(PATH).POST(BodyPublishers.ofString("{}"))), 415,
                "unsupported_media_type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "/v1/nothing", "/v1/chat", "/actuator/env", "/v1/models/", "/favicon.ico"})
    void doesNotKnowOtherRoutes(String path) {
        ServiceClient.Answer answer = service.get(path);
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.json().path("error").path("message").asString()).isNotEmpty();
    }

    @Test
    void refusesOtherMethodsAndNamesTheRightOne() {
        ServiceClient.Answer answer = service.get(PATH);
        requireError(answer, 405, "method_not_allowed");
        assertThat(answer.header("allow")).isEqualTo("POST");
    }

    @Test
    void refusesBodiesBeyondTheLimit() {
        requireError(service.post(PATH, "{\"user\":\"" + "x".repeat(33 << 20) + "\"}"), 413, "request_too_large");
    }

    @Test
    void readsBodiesWithinTheLimit() {
        ServiceClient.Answer answer = service.post(PATH,
                "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_tokens\":1,"
                        + "\"user\":\"" + "x".repeat(20 << 20) + "\"}");
        assertThat(answer.status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "\"x\"", "{\"messages\":}", "{\"messages\":[]}{}",
        "{\"messages\":[]}",
        "{\"messages\":{}}", "{\"messages\":[1]}", "{\"messages\":[{}]}",
        "{\"messages\":[{\"role\":\"user\",\"content\":5}]}",
        "{\"messages\":[{\"role\":\"user\",\"content\":\"\\ud800\"}]}", "{\"messages\":[],\"messages\":[]}",
        "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"temperature\":1e999}",
        "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"max_tokens\":99999999999999999999}"})
    void refusesHostileJson(String body) {
        ServiceClient.Answer answer = service.post(PATH, body);
        assertThat(answer.status()).as(body + " -> " + answer.body()).isEqualTo(400);
        requireShape(answer.json());
    }

    @Test
    void refusesDeepNesting() {
        assertThat(service.post(PATH, "{\"messages\":" + "[".repeat(200_000)).status()).isEqualTo(400);
    }

    @Test
    void servesNulAndTellsALongTextFromItsLengthAlone() {
        assertThat(service.post(PATH,
                "{\"messages\":[{\"role\":\"user\",\"content\":\"a\\u0000b\"}],\"max_tokens\":1}").status())
                .isEqualTo(200);
        ServiceClient.Answer answer = service.post(PATH,
                "{\"messages\":[{\"role\":\"user\",\"content\":\"" + "long ".repeat(2 << 20) + "\"}]}");
        requireError(answer, 400, "context_length_exceeded");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/embeddings", "/v1/score", "/v1/rerank"})
    void aModelThatWritesMakesNoEmbeddings(String path) {
        ServiceClient.Answer answer = service.post(path, "{\"input\":\"a\"}");
        assertThat(answer.status()).isEqualTo(400);
        requireShape(answer.json());
        assertThat(answer.json().path("error").path("message").asString()).startsWith("The model does not support");
        requireError(service.post(path, "{\"model\":\"other\",\"input\":\"a\"}"), 404, "model_not_found");
    }

    /** Any priority but 0 is refused under the policy of this service, so that it can be seen to arrive. */
    @ParameterizedTest
    @CsvSource({"0,200,", "1,400,priority", "urgent,400,X-Vllm-Priority"})
    void readsThePriorityOfTheHeader(String header, int status, String param) {
        ServiceClient.Answer answer = service.send(service.request(PATH).header("Content-Type", "application/json")
                .header("X-Vllm-Priority", header).POST(BodyPublishers.ofString(
                        "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_tokens\":1}")));
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.json().path("error").path("param").asString("")).isEqualTo(param == null ? "" : param);
    }

    @Test
    void goesOnServingAfterAllThat() {
        assertThat(
                service.post(PATH, "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_tokens\":1}").status())
                .isEqualTo(200);
    }

    private static void requireError(ServiceClient.Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        requireShape(answer.json());
        assertThat(answer.json().path("error").path("code").asString()).isEqualTo(code);
    }

    private static void requireShape(JsonNode body) {
        assertThat(body.propertyNames()).containsExactly("error");
        assertThat(body.path("error").propertyNames())
                .containsExactlyElementsOf(List.of("message", "type", "param", "code"));
    }
}
