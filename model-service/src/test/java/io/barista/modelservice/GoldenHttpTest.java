package io.barista.modelservice;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The demo model through HTTP, against what transformers computes: prompt and answer, token by token. */
class GoldenHttpTest extends AbstractDemoTest {

    private static final JsonMapper JSON = new JsonMapper();

    @TestFactory
    Stream<DynamicTest> reproducesTransformersExactly() {
        JsonNode golden = JSON.readTree(Path.of(System.getProperty("barista.root"), "models/barista-demo/golden.json"));
        List<JsonNode> cases = new ArrayList<>();
        golden.path("cases").forEach(cases::add);
        assertThat(cases).isNotEmpty();
        return cases.stream().map(each -> DynamicTest.dynamicTest(each.path("name").asString(), () -> reproduce(each)));
    }

    private void reproduce(JsonNode each) {
        if (each.path("messages").isNull()) {
            reproduceCompletion(each);
            return;
        }
        ObjectNode request = request(each);
        request.set("messages", each.path("messages"));
        if (!each.path("tools").isNull()) {
            request.set("tools", each.path("tools"));
        }
        request.putObject("chat_template_kwargs").set("enable_thinking", each.path("enable_thinking"));
        JsonNode answer = post("/v1/chat/completions", request);
        JsonNode choice = answer.path("choices").path(0);
        assertThat(answer.path("prompt_token_ids")).isEqualTo(each.path("prompt_ids"));
        assertThat(choice.path("token_ids")).isEqualTo(each.path("output_ids"));
        boolean calls = each.path("text").asString().contains("<tool_call>");
        assertThat(choice.path("finish_reason").asString())
                .isEqualTo(calls ? "tool_calls" : each.path("finish").asString());
        assertThat(choice.path("message").path("tool_calls").isEmpty()).isEqualTo(!calls);
    }

    private void reproduceCompletion(JsonNode each) {
        ObjectNode request = request(each);
        request.set("prompt", each.path("prompt_ids"));
        JsonNode choice = post("/v1/completions", request).path("choices").path(0);
        assertThat(choice.path("token_ids")).isEqualTo(each.path("output_ids"));
        assertThat(choice.path("text").asString()).isEqualTo(each.path("text").asString());
    }

    private static ObjectNode request(JsonNode each) {
        return JSON.createObjectNode().put("max_tokens", each.path("max_new_tokens").asInt()).put("temperature", 0)
                .put("return_token_ids", true);
    }

    private JsonNode post(String path, ObjectNode request) {
        ServiceClient.Answer answer = service.post(path, request.toString());
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }
}
