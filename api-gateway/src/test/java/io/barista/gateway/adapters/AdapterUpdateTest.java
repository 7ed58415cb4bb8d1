package io.barista.gateway.adapters;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.gateway.ScriptedUpstream;
import io.barista.gateway.TestGateway;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdapterUpdateTest {

    private static final String BODY = """
            {"model":"barista","lora_name":"pirate","lora_path":"adapters/pirate"}""";

    private static TestGateway gateway;

    private ScriptedUpstream left;
    private ScriptedUpstream right;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(List.of("barista", "idle"));
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @BeforeEach
    void serve() {
        left = ScriptedUpstream.start().does(ScriptedUpstream.status(200, "Success: added."));
        right = ScriptedUpstream.start().does(ScriptedUpstream.status(200, "Success: added."));
        gateway.serve("barista", left, right);
    }

    @AfterEach
    void close() {
        left.close();
        right.close();
    }

    @Test
    void tellsEveryReplica() {
        HttpResponse<String> answer = gateway.post("/v1/load_lora_adapter", BODY);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("Success: added.");
        for (ScriptedUpstream replica : List.of(left, right)) {
            assertThat(updates(replica)).containsExactly("/v1/load_lora_adapter");
            assertThat(replica.received().getLast().text()).isEqualTo(BODY);
        }
    }

    @Test
    void takesAnAdapterBackWhereOneReplicaRefusesIt() {
        right.does(ScriptedUpstream.status(400, "{\"error\":{\"message\":\"adapter pirate cannot be used\"}}"));

        HttpResponse<String> answer = gateway.post("/v1/load_lora_adapter", BODY);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("adapter pirate cannot be used");
        assertThat(updates(left)).containsExactly("/v1/load_lora_adapter", "/v1/unload_lora_adapter");
        assertThat(left.received().getLast().text()).as("what the name stood for there, the replica knows")
                .isEqualTo("{\"lora_name\":\"pirate\",\"lora_path\":\"adapters/pirate\",\"put_back\":true}");
        assertThat(updates(right)).containsExactly("/v1/load_lora_adapter");
    }

    @Test
    void takesAnAdapterBackWhereOneReplicaIsDead() {
        right.does(ScriptedUpstream.hangsUp());

        HttpResponse<String> answer = gateway.post("/v1/load_lora_adapter", BODY);

        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(answer.body()).contains("did not answer; ask again");
        assertThat(updates(left)).containsExactly("/v1/load_lora_adapter", "/v1/unload_lora_adapter");
        assertThat(updates(right)).as("it may have taken it before it fell silent").contains("/v1/unload_lora_adapter");
    }

    @Test
    void removesItWhereReplicasAreAliveThoughOneIsDead() {
        left.does(ScriptedUpstream.hangsUp());

        assertThat(gateway.post("/v1/unload_lora_adapter", BODY).statusCode()).isEqualTo(502);

        assertThat(updates(right)).containsExactly("/v1/unload_lora_adapter");
    }

    @Test
    void removesItFromEveryReplica() {
        assertThat(gateway.post("/v1/unload_lora_adapter", BODY).statusCode()).isEqualTo(200);

        assertThat(updates(left)).containsExactly("/v1/unload_lora_adapter");
        assertThat(updates(right)).containsExactly("/v1/unload_lora_adapter");
    }

    @Test
    void removesItAlsoWhereAReplicaHasStartedSince() {
        left.does(ScriptedUpstream.status(404, "{\"error\":{\"message\":\"cannot be found\"}}"));
        assertThat(gateway.post("/v1/unload_lora_adapter", BODY).statusCode()).isEqualTo(200);

        right.does(ScriptedUpstream.status(404, "{\"error\":{\"message\":\"cannot be found\"}}"));
        assertThat(gateway.post("/v1/unload_lora_adapter", BODY).statusCode()).isEqualTo(404);
    }

    @Test
    void saysWhatIsWrongWithARequest() {
        assertThat(gateway.post("/v1/load_lora_adapter", "{").statusCode()).isEqualTo(400);
        assertThat(gateway.post("/v1/load_lora_adapter", "{\"lora_name\":\"x\"}").body())
                .contains("`model` is missing");
        assertThat(gateway.post("/v1/load_lora_adapter", "{\"model\":\"nobody\"}").statusCode()).isEqualTo(404);
        assertThat(gateway.post("/v1/load_lora_adapter", "{\"model\":\"idle\"}").statusCode()).isEqualTo(503);
    }

    private static List<String> updates(ScriptedUpstream replica) {
        return replica.received().stream().map(ScriptedUpstream.Received::path).toList();
    }
}
