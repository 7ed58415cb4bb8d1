package io.barista.gateway.listing;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.gateway.ScriptedUpstream;
import io.barista.gateway.TestGateway;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ModelListTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static ScriptedUpstream left;
    private static ScriptedUpstream right;
    private static ScriptedUpstream other;
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        String cards = "{\"object\":\"list\",\"data\":[{\"id\":\"cafe/espresso\",\"object\":\"model\",\"max_model_len\":512},"
                + "{\"id\":\"cafe/espresso:crema\",\"object\":\"model\",\"parent\":\"cafe/espresso\"}]}";
        left = ScriptedUpstream.start().does(ScriptedUpstream.json(cards));
        right = ScriptedUpstream.start().does(ScriptedUpstream.json(cards));
        other = ScriptedUpstream.start().does(ScriptedUpstream.status(500, "oops"));
        gateway = TestGateway.start(List.of("cafe/espresso", "latte", "mocha", "flaky"),
                "barista.gateway.replicas.card-timeout=1s");
        gateway.serve("cafe/espresso", left, right);
        gateway.serve("latte", other);
    }

    @AfterAll
    static void stop() {
        gateway.close();
        List.of(left, right, other).forEach(ScriptedUpstream::close);
    }

    @Test
    void listsEachModelOnceAsItsReplicasDescribeIt() {
        JsonNode list = JSON.readTree(gateway.get("/v1/models").body());

        assertThat(list.path("object").asString()).isEqualTo("list");
        assertThat(ids(list)).containsExactly("cafe/espresso", "cafe/espresso:crema", "latte", "mocha", "flaky");
        assertThat(list.at("/data/0/max_model_len").asInt()).isEqualTo(512);
        assertThat(list.at("/data/2/object").asString()).isEqualTo("model");
        assertThat(list.at("/data/2/owned_by").asString()).isEqualTo("barista");
        assertThat(list.at("/data/2/created").asLong()).isPositive();
    }

    @Test
    void showsOneModelWhoseIdHasASlash() {
        for (String path : List.of("/v1/models/cafe/espresso", "/v1/models/cafe%2Fespresso")) {
            assertThat(JSON.readTree(gateway.get(path).body()).path("max_model_len").asInt()).as(path).isEqualTo(512);
        }
    }

    @Test
    void showsAnAdapterItsBaseKnowsAndNoOther() {
        assertThat(JSON.readTree(gateway.get("/v1/models/cafe/espresso:crema").body()).path("parent").asString())
                .isEqualTo("cafe/espresso");
        assertThat(gateway.get("/v1/models/cafe/espresso:none").statusCode()).isEqualTo(404);
        assertThat(gateway.get("/v1/models/cafe").statusCode()).isEqualTo(404);
    }

    @Test
    void showsAModelWhoseReplicasDoNotAnswer() {
        assertThat(JSON.readTree(gateway.get("/v1/models/mocha").body()).path("id").asString()).isEqualTo("mocha");
    }

    @Test
    void remembersWhatAModelSaidBeforeItsReplicasFellSilent() {
        try (ScriptedUpstream flaky = ScriptedUpstream.start()) {
            gateway.serve("flaky", flaky);
            flaky.does(ScriptedUpstream.json("{\"data\":[{\"id\":\"flaky\",\"max_model_len\":7}]}"));
            assertThat(gateway.get("/v1/models/flaky").body()).contains("\"max_model_len\":7");

            flaky.does(ScriptedUpstream.stalls());

            assertThat(gateway.get("/v1/models/flaky").body()).contains("\"max_model_len\":7");
        }
    }

    private static List<String> ids(JsonNode list) {
        List<String> ids = new ArrayList<>();
        list.path("data").forEach(card -> ids.add(card.path("id").asString()));
        return ids;
    }
}
