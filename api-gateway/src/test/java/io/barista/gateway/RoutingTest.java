package io.barista.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RoutingTest {

    private static ScriptedUpstream espresso;
    private static ScriptedUpstream latte;
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        espresso = ScriptedUpstream.start().does(ScriptedUpstream.json("{\"from\":\"espresso\"}"));
        latte = ScriptedUpstream.start().does(ScriptedUpstream.json("{\"from\":\"latte\"}"));
        gateway = TestGateway.serving("house/espresso", espresso).model("latte", latte).start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        espresso.close();
        latte.close();
    }

    @Test
    void sendsARequestToTheModelOfItsBody() {
        assertThat(gateway.chat("latte").body()).isEqualTo("{\"from\":\"latte\"}");
        assertThat(gateway.chat("house/espresso").body()).isEqualTo("{\"from\":\"espresso\"}");
    }

    @Test
    void forwardsTheBytesOfTheBodyUnchanged() {
        String body = "{ \"messages\" : [ {\"content\":\"caf\u00e9 \\u00e9 \uD83D\uDE00\"} ],\n\t\"model\":\"lat\\u0074e\", \"x\": 1.0e5 }";

        gateway.post("/v1/completions", body);

        assertThat(latte.received().getLast().path()).isEqualTo("/v1/completions");
        assertThat(latte.received().getLast().text()).isEqualTo(body);
    }

    @Test
    void answersNotFoundForAnUnknownModel() {
        HttpResponse<String> answer = gateway.chat("mocha");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).isEqualTo("{\"error\":{\"message\":\"The model `mocha` does not exist.\","
                + "\"type\":\"not_found_error\",\"param\":\"model\",\"code\":\"model_not_found\"}}");
    }

    @Test
    void resolvesAnAdapterToItsBase() {
        assertThat(gateway.chat("latte:vanilla").body()).isEqualTo("{\"from\":\"latte\"}");
        assertThat(gateway.chat("latte:").statusCode()).isEqualTo(404);
    }
}
