package io.barista.gateway.error;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.gateway.ScriptedUpstream;
import io.barista.gateway.TestGateway;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ErrorShapeTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final TestGateway gateway = TestGateway.shared();

    @ParameterizedTest
    @CsvSource({"GET,/,404,unknown_url", "GET,/nowhere,404,unknown_url", "POST,/v1/nowhere,404,unknown_url",
        "GET,/actuator/env,404,unknown_url", "GET,/actuator/gateway/routes,404,unknown_url",
        "POST,/v1/chat,404,unknown_url", "GET,/v1/models/none,404,model_not_found",
        "GET,/v1/models/a/b%2Fc,404,model_not_found", "GET,/v1/chat/completions,405,method_not_allowed",
        "DELETE,/v1/models,405,method_not_allowed", "PUT,/v1/completions,405,method_not_allowed",
        "POST,/health,405,method_not_allowed", "POST,/metrics,405,method_not_allowed",
        "POST,/v1/models/none,405,method_not_allowed", "POST,/actuator/health,405,method_not_allowed",
        "PATCH,/version,405,method_not_allowed"})
    void namesWhatIsWrongWithTheUrlOrTheMethod(String method, String path, int status, String code) {
        HttpResponse<String> answer = gateway
                .send(gateway.request(path).method(method, HttpRequest.BodyPublishers.noBody()));

        assertShape(answer, status, code);
        if (status == 405) {
            assertThat(answer.headers().firstValue("allow")).isPresent();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
        "nonsense", "application", "application/jsonx", "*/*"})
    void takesNothingButJson(String type) {
        assertShape(gateway.send(gateway.request("/v1/chat/completions").header("content-type", type)
                .POST(HttpRequest.BodyPublishers.ofString("{}"))), 415, "unsupported_media_type");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{\"model\":\"none\"}|404|not_found_error", "[]|400|invalid_request_error"})
    void messagesHaveErrorsOfAnthropicsShape(String body, int status, String type) {
        for (String path : new String[]{"/v1/messages", "/v1/messages/count_tokens"}) {
            HttpResponse<String> answer = gateway.post(path, body);
            assertThat(answer.statusCode()).isEqualTo(status);
            JsonNode json = JSON.readTree(answer.body());
            assertThat(json.path("type").asString()).isEqualTo("error");
            assertThat(json.path("error").path("type").asString()).isEqualTo(type);
            assertThat(json.path("error").path("message").asString()).isNotEmpty();
        }
    }

    @Test
    void takesNoBodyWithoutAType() {
        assertShape(gateway.send(gateway.request("/v1/completions").POST(HttpRequest.BodyPublishers.ofString("{}"))),
                415, "unsupported_media_type");
    }

    @Test
    void takesNoCompressedBody() {
        assertShape(gateway.send(gateway.json("/v1/completions", "{}").header("content-encoding", "gzip")), 415,
                "unsupported_media_type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "[]", "{", "{\"model\":\"a\"", "nope", "{\"model\":\"a\"}}", "\u0000"})
    void saysThatABodyIsNoJson(String body) {
        assertShape(gateway.post("/v1/chat/completions", body), 400, "invalid_json");
    }

    @Test
    void answersEveryMutationOfABodyWithAUserError() {
        String valid = "{\"model\":\"nobody\",\"messages\":[{\"role\":\"user\",\"content\":\"h\\u00e9 \"}],\"n\":1e3}";
        Random random = new Random(42);
        for (int i = 0; i < 300; i++) {
            StringBuilder body = new StringBuilder(valid);
            for (int change = 0; change <= i % 4; change++) {
                int at = random.nextInt(body.length());
                if (random.nextBoolean()) {
                    body.setCharAt(at, (char) random.nextInt(256));
                } else {
                    body.delete(at, Math.min(body.length(), at + 1 + random.nextInt(10)));
                }
            }

            HttpResponse<String> answer = gateway.post("/v1/chat/completions", body.toString());

            assertThat(answer.statusCode()).as("%s -> %s", body, answer.body()).isBetween(400, 499);
            assertThat(JSON.readTree(answer.body()).at("/error/type").isString()).isTrue();
        }
    }

    @Test
    void leaksNothingOfTheInside() {
        try (ScriptedUpstream replica = ScriptedUpstream.start()) {
            String model = gateway.serve(replica);
            replica.kill();

            HttpResponse<String> answer = gateway.chat(model);

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).doesNotContain("127.0.0.1", "Exception", "java", String.valueOf(replica.port()));
        }
        for (String path : List.of("/nowhere?x=1", "/v1/chat/completions")) {
            assertThat(gateway.get(path).body()).doesNotContain("Exception", "java", "trace", "timestamp");
        }
    }

    private static void assertShape(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(answer.headers().firstValue("x-request-id")).isPresent();
        JsonNode body = JSON.readTree(answer.body());
        assertThat(body.propertyNames()).containsExactly("error");
        assertThat(body.get("error").propertyNames()).containsExactly("message", "type", "param", "code");
        assertThat(body.at("/error/message").asString()).isNotBlank();
        assertThat(body.at("/error/code").asString()).isEqualTo(code);
    }
}
