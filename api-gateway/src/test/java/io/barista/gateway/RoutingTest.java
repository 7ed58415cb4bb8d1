package io.barista.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RoutingTest {

    private final TestGateway gateway = TestGateway.shared();
    private final ScriptedUpstream espresso = ScriptedUpstream.start()
            .does(ScriptedUpstream.json("{\"from\":\"espresso\"}"));
    private final ScriptedUpstream latte = ScriptedUpstream.start().does(ScriptedUpstream.json("{\"from\":\"latte\"}"));

    @AfterEach
    void stop() {
        espresso.close();
        latte.close();
    }

    @Test
    void sendsARequestToTheModelOfItsBody() {
        String first = gateway.serve(espresso);
        String second = gateway.serve(latte);

        assertThat(gateway.chat(second).body()).isEqualTo("{\"from\":\"latte\"}");
        assertThat(gateway.chat(first).body()).isEqualTo("{\"from\":\"espresso\"}");
    }

    @Test
    void keepsThePathOfEveryEndpoint() {
        String model = gateway.serve(espresso);

        for (String path : new String[]{"/v1/chat/completions", "/v1/completions", "/v1/responses", "/v1/messages",
            "/v1/messages/count_tokens", "/v1/embeddings",
            "/v1/score", "/score", "/v1/rerank", "/v2/rerank", "/rerank", "/tokenize", "/detokenize"}) {
            assertThat(gateway.post(path, TestGateway.chatBody(model)).statusCode()).isEqualTo(200);
            assertThat(espresso.received().getLast().path()).isEqualTo(path);
        }
    }

    @Test
    void forwardsTheBytesOfTheBodyUnchanged() {
        String model = gateway.serve(latte);
        String body = "{ \"messages\" : [ {\"content\":\"café \\u00e9 😀\"} ],\n\t\"model\":\""
                + model.replace("m", "\\u006d")
                + "\", \"x\": 1.0e5 }  ";

        gateway.post("/v1/completions", body);

        assertThat(latte.received().getLast().text()).isEqualTo(body);
    }

    @Test
    void forwardsALargeBodyOfUnknownLengthUnchanged() {
        String model = gateway.serve(latte);
        byte[] body = ("{\"model\":\"" + model + "\",\"image\":\"" + "0123456789abcdef".repeat(300_000) + "\"}")
                .getBytes(StandardCharsets.US_ASCII);

        HttpResponse<String> answer = gateway.send(gateway.request("/v1/chat/completions")
                .header("content-type", "application/json; charset=utf-8")
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(body))));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(latte.received().getLast().body()).isEqualTo(body);
        assertThat(latte.received().getLast().header("content-length")).isEqualTo(String.valueOf(body.length));
    }

    @Test
    void answersNotFoundForAnUnknownModel() {
        HttpResponse<String> answer = gateway.chat("mocha");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).isEqualTo("{\"error\":{\"message\":\"The model `mocha` does not exist.\","
                + "\"type\":\"not_found_error\",\"param\":\"model\",\"code\":\"model_not_found\"}}");
    }

    @Test
    void repeatsOnlyTheBeginningOfAnEndlessName() {
        assertThat(gateway.chat("m".repeat(100_000)).body()).hasSizeLessThan(500).contains("mmm...` does not exist");
    }

    @Test
    void resolvesAnAdapterToItsBase() {
        String model = gateway.serve(latte);

        assertThat(gateway.chat(model + ":vanilla").body()).isEqualTo("{\"from\":\"latte\"}");
        assertThat(gateway.chat(model + ":").statusCode()).isEqualTo(404);
        assertThat(gateway.chat(model + "vanilla").statusCode()).isEqualTo(404);
    }

    @Test
    void asksForAModelWhenThereAreSeveral() {
        HttpResponse<String> answer = gateway.post("/v1/chat/completions", "{\"messages\":[]}");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("`model` is missing").contains("`house/m0`").contains("`house/m1`")
                .contains("\"param\":\"model\"");
    }

    @Test
    void forwardsTheKeyAndWithholdsWhatBelongsToTheConnection() {
        String model = gateway.serve(latte);

        gateway.send(gateway.json("/v1/chat/completions", TestGateway.chatBody(model))
                .header("authorization", "Bearer abc").header("accept-encoding", "gzip").header("te", "trailers")
                .header("x-forwarded-for", "10.0.0.1").header("openai-organization", "cafe"));

        ScriptedUpstream.Received received = latte.received().getLast();
        assertThat(received.header("authorization")).isEqualTo("Bearer abc");
        assertThat(received.header("openai-organization")).isEqualTo("cafe");
        assertThat(received.header("accept-encoding")).isNull();
        assertThat(received.header("te")).isNull();
        assertThat(received.header("x-forwarded-for")).isNull();
        assertThat(received.header("host")).isEqualTo("127.0.0.1:" + latte.port());
    }

    @Test
    void echoesAndForwardsTheClientsRequestId() {
        latte.does((request, response) -> response.header("x-request-id", "the-replica's-own").sendString(
                reactor.core.publisher.Mono.just("{}")));
        String model = gateway.serve(latte);

        HttpResponse<String> answer = gateway
                .send(gateway.json("/v1/chat/completions", TestGateway.chatBody(model)).header("x-request-id",
                        "order-66"));

        assertThat(answer.headers().allValues("x-request-id")).containsExactly("order-66");
        assertThat(latte.received().getLast().header("x-request-id")).isEqualTo("order-66");
    }

    @Test
    void makesARequestIdWhereTheClientSentNoneOrNonsense() {
        String uuid = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
        String model = gateway.serve(latte);

        assertThat(gateway.chat(model).headers().firstValue("x-request-id")).hasValueSatisfying(
                id -> assertThat(id).matches(uuid));
        assertThat(latte.received().getLast().header("x-request-id")).matches(uuid);
        assertThat(gateway.send(gateway.request("/nowhere").header("x-request-id", "two words")).headers()
                .firstValue("x-request-id")).hasValueSatisfying(id -> assertThat(id).matches(uuid));
    }

    @Test
    void passesAReplicasRefusalOnUnchanged() {
        String model = gateway.serve(latte);
        String body = "{\"error\":{\"message\":\"full\",\"type\":\"rate_limit_error\",\"param\":null,\"code\":\"queue_full\"}}";
        latte.does((_, response) -> response.status(429).header("content-type", "application/json")
                .header("retry-after", "7").sendString(reactor.core.publisher.Mono.just(body)));

        HttpResponse<String> answer = gateway.chat(model);

        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.headers().firstValue("retry-after")).hasValue("7");
        assertThat(answer.body()).isEqualTo(body);
        assertThat(latte.received()).hasSize(1);
    }
}
