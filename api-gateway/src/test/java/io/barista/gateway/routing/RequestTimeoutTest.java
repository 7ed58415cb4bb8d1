package io.barista.gateway.routing;

import static io.barista.gateway.ScriptedUpstream.hangsUp;
import static io.barista.gateway.ScriptedUpstream.stalls;
import static org.assertj.core.api.Assertions.assertThat;

import io.barista.gateway.ScriptedUpstream;
import io.barista.gateway.TestGateway;
import io.barista.gateway.metrics.EndReason;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The header {@code x-request-timeout-seconds}. */
class RequestTimeoutTest {

    private final TestGateway gateway = TestGateway.shared();
    private final ScriptedUpstream left = ScriptedUpstream.start();
    private final ScriptedUpstream right = ScriptedUpstream.start();
    private final String model = gateway.serve(left, right);

    @AfterEach
    void close() {
        left.close();
        right.close();
    }

    @Test
    void endsARequestWhoseClientWillNoLongerWait() {
        left.does(stalls());
        right.does(stalls());

        HttpResponse<String> answer = chat("0.2");

        assertThat(answer.statusCode()).isEqualTo(408);
        assertThat(answer.body()).contains("request_timeout");
        gateway.awaitEnded(model, EndReason.DEADLINE, 1);
    }

    @Test
    void tellsEachReplicaWhatIsLeft() {
        left.does(hangsUp());
        right.does(hangsUp());
        chat("30");

        assertThat(left.received().getFirst().header("x-request-timeout-seconds"))
                .satisfies(RequestTimeoutTest::isLess);
        assertThat(right.received().getFirst().header("x-request-timeout-seconds"))
                .satisfies(RequestTimeoutTest::isLess);
    }

    @Test
    void waitsWithoutEndForZero() {
        assertThat(chat("0").statusCode()).isEqualTo(200);
    }

    @Test
    void refusesWhatIsNoNumber() {
        HttpResponse<String> answer = chat("soon");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("x-request-timeout-seconds");
        assertThat(left.received()).isEmpty();
        assertThat(right.received()).isEmpty();
    }

    private static void isLess(String seconds) {
        assertThat(Double.parseDouble(seconds)).isBetween(20.0, 30.0);
    }

    private HttpResponse<String> chat(String timeout) {
        return gateway.send(gateway.json("/v1/chat/completions", TestGateway.chatBody(model))
                .header("x-request-timeout-seconds", timeout));
    }
}
