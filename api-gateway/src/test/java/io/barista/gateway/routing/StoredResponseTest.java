package io.barista.gateway.routing;

import static io.barista.gateway.ScriptedUpstream.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.barista.gateway.ScriptedUpstream;
import io.barista.gateway.TestGateway;
import io.barista.openai.responses.ResponseId;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Responses stay where they were made; whoever asks for one again gets there. */
class StoredResponseTest {

    private final TestGateway gateway = TestGateway.shared();
    private final ScriptedUpstream espresso = ScriptedUpstream.start().does(json("{\"from\":\"espresso\"}"));
    private final ScriptedUpstream latte = ScriptedUpstream.start().does(json("{\"from\":\"latte\"}"));
    private final String model = gateway.serve(espresso, latte);

    @AfterEach
    void stop() {
        espresso.close();
        latte.close();
    }

    @Test
    void followUpsGoToTheReplicaThatMadeTheResponse() {
        String ofEspresso = idMadeBy(espresso);
        String ofLatte = idMadeBy(latte);
        for (int i = 0; i < 4; i++) {
            assertThat(followUp(ofEspresso).body()).isEqualTo("{\"from\":\"espresso\"}");
            assertThat(followUp(ofLatte).body()).isEqualTo("{\"from\":\"latte\"}");
        }
    }

    @Test
    void whatIsKeptIsAskedForWhereItIs() {
        String id = idMadeBy(latte);
        assertThat(gateway.get("/v1/responses/" + id).body()).isEqualTo("{\"from\":\"latte\"}");
        assertThat(gateway.send(gateway.request("/v1/responses/" + id).DELETE()).body())
                .isEqualTo("{\"from\":\"latte\"}");
        assertThat(
                gateway.send(gateway.request("/v1/responses/" + id + "/cancel").POST(BodyPublishers.noBody())).body())
                .isEqualTo("{\"from\":\"latte\"}");
        assertThat(latte.received().getLast().path()).isEqualTo("/v1/responses/" + id + "/cancel");
    }

    @Test
    void idsOfNobodyAreNotFound() {
        for (String id : new String[]{"resp_00000000_" + "0".repeat(32), "resp_" + "0".repeat(32), "x"}) {
            HttpResponse<String> answer = gateway.get("/v1/responses/" + id);
            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(answer.body()).contains("Response with id '" + id + "' not found.");
            assertThat(followUp(id).statusCode()).as("any replica may say so").isEqualTo(200);
        }
    }

    @Test
    void noOtherReplicaAnswersForOneThatIsDown() {
        String id = idMadeBy(latte);
        latte.kill();
        assertThat(followUp(id).statusCode()).isIn(502, 503);
        assertThat(gateway.get("/v1/responses/" + id).statusCode()).isEqualTo(502);
        assertThat(espresso.received()).allMatch(request -> !request.text().contains(id));
    }

    @Test
    void aTagOfTheClientsOwnDoesNotPass() {
        gateway.send(gateway.json("/v1/responses", "{\"model\":\"" + model + "\",\"input\":\"a\"}")
                .header(ResponseId.REPLICA_HEADER, "deadbeef"));
        ScriptedUpstream asked = espresso.received().isEmpty() ? latte : espresso;
        assertThat(asked.received().getLast().header(ResponseId.REPLICA_HEADER)).isNotEqualTo("deadbeef")
                .matches("[0-9a-f]{8}");
    }

    @Test
    void otherMethodsAreRefused() {
        HttpResponse<String> answer = gateway.send(gateway.request("/v1/responses/x").PUT(BodyPublishers.noBody()));
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("allow").orElseThrow()).contains("GET", "DELETE");
    }

    private String idMadeBy(ScriptedUpstream replica) {
        int before = replica.received().size();
        while (replica.received().size() == before) {
            gateway.post("/v1/responses", "{\"model\":\"" + model + "\",\"input\":\"a\"}");
        }
        return ResponseId.next(replica.received().getLast().header(ResponseId.REPLICA_HEADER));
    }

    private HttpResponse<String> followUp(String id) {
        return gateway.post("/v1/responses",
                "{\"model\":\"" + model + "\",\"input\":\"b\",\"previous_response_id\":\"" + id + "\"}");
    }
}
