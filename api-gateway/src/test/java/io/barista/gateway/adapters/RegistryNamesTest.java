package io.barista.gateway.adapters;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.gateway.ScriptedUpstream;
import io.barista.gateway.TestGateway;
import io.netty.handler.codec.http.HttpMethod;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Adapters that are added are noted at the registry, for replicas that start later. */
class RegistryNamesTest {

    private static final String BODY = """
            {"model":"org/demo:1b","lora_name":"corsair","lora_path":"adapters/pirate"}""";
    private static final String NOTED = "/v1/names/org%2Fdemo%3A1b/corsair";

    private static ScriptedUpstream registry;
    private static TestGateway gateway;

    private ScriptedUpstream replica;

    @BeforeAll
    static void start() {
        registry = ScriptedUpstream.start();
        gateway = TestGateway.start(List.of("org/demo:1b"), "barista.lora-registry.uri=" + registry.uri());
    }

    @AfterAll
    static void stop() {
        gateway.close();
        registry.close();
    }

    @BeforeEach
    void serve() {
        registry.does(ScriptedUpstream.status(204, ""));
        replica = ScriptedUpstream.start().does(ScriptedUpstream.status(200, "Success: added."));
        gateway.serve("org/demo:1b", replica);
    }

    @AfterEach
    void close() {
        replica.close();
    }

    @Test
    void notesWhatIsAddedAndRemoved() {
        assertThat(gateway.post("/v1/load_lora_adapter", BODY).statusCode()).isEqualTo(200);
        assertThat(registry.received().getLast().path()).isEqualTo(NOTED);
        assertThat(registry.received().getLast().text()).isEqualTo(BODY);

        replica.does(ScriptedUpstream.status(404, "{\"error\":{}}"));
        HttpResponse<String> removed = gateway.post("/v1/unload_lora_adapter", BODY);
        assertThat(removed.statusCode()).as("known to the registry, new to the replica").isEqualTo(200);
        assertThat(removed.body()).isEqualTo("Success: LoRA adapter 'corsair' removed successfully.");
        assertThat(registry.received().getLast().path()).isEqualTo(NOTED);
    }

    @Test
    void asksNoReplicaWhenTheNameIsTaken() {
        registry.does(ScriptedUpstream.status(400, "{\"error\":{\"message\":\"has already been loaded\"}}"));

        HttpResponse<String> answer = gateway.post("/v1/load_lora_adapter", BODY);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("has already been loaded");
        assertThat(replica.received()).isEmpty();
    }

    @Test
    void forgetsWhatAReplicaRefuses() {
        replica.does(ScriptedUpstream.status(400, "{\"error\":{\"message\":\"cannot be used\"}}"));
        int before = registry.received().size();

        assertThat(gateway.post("/v1/load_lora_adapter", BODY).body()).contains("cannot be used");

        assertThat(registry.received().subList(before, registry.received().size())).extracting(
                ScriptedUpstream.Received::path).containsExactly(NOTED, NOTED);
        assertThat(registry.received().getLast().body()).as("of the removal").isEmpty();
    }

    @Test
    void forgetsWhatADeadReplicaDidNotTake() {
        replica.does(ScriptedUpstream.hangsUp());
        int before = registry.received().size();

        assertThat(gateway.post("/v1/load_lora_adapter", BODY).statusCode()).isEqualTo(502);

        assertThat(registry.received().subList(before, registry.received().size())).extracting(
                ScriptedUpstream.Received::path).containsExactly(NOTED, NOTED);
        assertThat(registry.received().getLast().body()).as("of the removal").isEmpty();
    }

    @Test
    void notesNothingWhereNoReplicaIs() {
        gateway.serve("org/demo:1b");
        int before = registry.received().size();

        assertThat(gateway.post("/v1/load_lora_adapter", BODY).statusCode()).isEqualTo(503);

        assertThat(registry.received()).hasSize(before);
    }

    @Test
    void aNameThatCannotStandForAnotherAdapterStandsForTheOldOneAgain() {
        registry.does((request, response) -> request.method().equals(HttpMethod.GET)
                ? ScriptedUpstream.json("{\"corsair\":\"haiku\"}").apply(request, response)
                : ScriptedUpstream.status(204, "").apply(request, response));
        ScriptedUpstream refusing = ScriptedUpstream.start().does(ScriptedUpstream.status(400, "{\"error\":{}}"));
        gateway.serve("org/demo:1b", replica, refusing);

        String inPlace = BODY.replace("}", ",\"load_inplace\":true}");
        assertThat(gateway.post("/v1/load_lora_adapter", inPlace).statusCode()).isEqualTo(400);

        JsonNode last = JsonMapper.shared().readTree(registry.received().getLast().body());
        assertThat(last.path("lora_path").asString("")).isEqualTo("adapters/haiku");
        assertThat(last.path("load_inplace").asBoolean(false)).isTrue();
        assertThat(replica.received()).extracting(ScriptedUpstream.Received::path)
                .containsExactly("/v1/load_lora_adapter", "/v1/unload_lora_adapter");
        assertThat(replica.received().getLast().text()).contains("\"put_back\":true");
        assertThat(refusing.received()).as("it never gave up the old one").hasSize(1);
        refusing.close();
    }

    @Test
    void asksARegistryBelowAPathThere() {
        try (TestGateway below = TestGateway.start(List.of("org/demo:1b"),
                "barista.lora-registry.uri=" + registry.uri() + "/lora")) {
            below.serve("org/demo:1b", replica);

            assertThat(below.post("/v1/load_lora_adapter", BODY).statusCode()).isEqualTo(200);

            assertThat(registry.received().getLast().path()).isEqualTo("/lora" + NOTED);
        }
    }

    @Test
    void changesNothingWhileTheRegistryIsAway() {
        registry.does(ScriptedUpstream.hangsUp());

        assertThat(gateway.post("/v1/load_lora_adapter", BODY).statusCode()).isEqualTo(502);
        assertThat(gateway.post("/v1/unload_lora_adapter", BODY).statusCode()).isEqualTo(502);

        assertThat(replica.received()).isEmpty();
    }
}
