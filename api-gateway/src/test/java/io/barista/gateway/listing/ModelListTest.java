package io.barista.gateway.listing;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.gateway.ScriptedUpstream;
import io.barista.gateway.TestGateway;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
        ScriptedUpstream.Script script = byPath(Map.of("/v1/models", ScriptedUpstream.json(cards),
                "/v1/models/cafe%2Fespresso%3Acrema", ScriptedUpstream.json("""
                        {"id":"cafe/espresso:crema","object":"model","parent":"cafe/espresso"}"""),
                "/v1/models/cafe%2Fespresso%3Anew", ScriptedUpstream.json("""
                        {"id":"cafe/espresso:new","object":"model","parent":"cafe/espresso"}""")));
        left = ScriptedUpstream.start().does(script);
        right = ScriptedUpstream.start().does(script);
        other = ScriptedUpstream.start().does(ScriptedUpstream.status(500, "oops"));
        gateway = TestGateway.start(List.of("cafe/espresso", "latte", "mocha", "flaky", "crowded", "silent"),
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
        assertThat(ids(list)).startsWith("cafe/espresso", "cafe/espresso:crema", "latte", "mocha", "flaky");
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
    void showsAnAdapterThatIsNewerThanTheLists() {
        assertThat(gateway.get("/v1/models/cafe/espresso:new").statusCode()).isEqualTo(200);
        assertThat(gateway.get("/v1/models/cafe%2Fespresso%3Anew").body()).contains("\"id\":\"cafe/espresso:new\"");
    }

    @Test
    void listsThousandsOfAdapters() {
        try (ScriptedUpstream many = ScriptedUpstream.start()) {
            many.does(ScriptedUpstream.json(IntStream.range(0, 5_000)
                    .mapToObj("{\"id\":\"crowded:a-%d\",\"object\":\"model\",\"parent\":\"crowded\"}"::formatted)
                    .collect(Collectors.joining(",", "{\"data\":[{\"id\":\"crowded\"},", "]}"))));
            gateway.serve("crowded", many);

            List<String> ids = ids(JSON.readTree(gateway.get("/v1/models").body()));

            assertThat(ids).filteredOn(id -> id.startsWith("crowded")).hasSize(5_001).endsWith("crowded:a-4999");
        }
    }

    @Test
    void showsAnAdapterOfTheLastListWhileNoReplicaAnswers() {
        try (ScriptedUpstream silent = ScriptedUpstream.start()) {
            gateway.serve("silent", silent);
            silent.does(ScriptedUpstream.json("{\"data\":[{\"id\":\"silent\"},{\"id\":\"silent:here\"}]}"));
            gateway.get("/v1/models");

            silent.does(ScriptedUpstream.stalls());

            assertThat(gateway.get("/v1/models/silent:here").statusCode()).isEqualTo(200);
            assertThat(gateway.get("/v1/models/silent:gone").statusCode()).isEqualTo(404);
        }
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

    private static ScriptedUpstream.Script byPath(Map<String, ScriptedUpstream.Script> scripts) {
        return (request, response) -> scripts.getOrDefault(request.uri(), ScriptedUpstream.status(404, "{}"))
                .apply(request, response);
    }

    private static List<String> ids(JsonNode list) {
        List<String> ids = new ArrayList<>();
        list.path("data").forEach(card -> ids.add(card.path("id").asString()));
        return ids;
    }
}
