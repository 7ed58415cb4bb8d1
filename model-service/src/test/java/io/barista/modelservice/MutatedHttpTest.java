package io.barista.modelservice;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever comes is answered or refused with the field at fault, and nothing breaks the service. */
class MutatedHttpTest extends AbstractDemoTest {

    private static final List<String> CHATS = List.of(
            """
                    {"model":"barista-demo","messages":[{"role":"system","content":"Be short."},{"role":"user","name":"ann","content":
                      [{"type":"text","text":"Hi"}]},{"role":"assistant","content":null,"reasoning_content":"hm","tool_calls":[{"id":"a",
                      "type":"function","function":{"name":"f","arguments":"{\\"x\\":1}"}}]},{"role":"tool","tool_call_id":"a",
                      "content":"4"}],"max_tokens":2,"temperature":0.5,"top_p":0.9,"top_k":5,"min_p":0.1,"n":2,"seed":7,"stop":["a","b"],
                      "stop_token_ids":[5],"logit_bias":{"5":1.5},"logprobs":true,"top_logprobs":2,"logprob_token_ids":[1],
                      "presence_penalty":0.1,"frequency_penalty":0.1,"repetition_penalty":1.1,"bad_words":["no"],
                      "allowed_token_ids":[1,2,3,4],"min_tokens":1,"user":"u","cache_salt":"s","priority":0}""",
            """
                    {"messages":[{"role":"user","content":"Hi"}],"max_completion_tokens":2,"stream":true,"stream_options":
                      {"include_usage":true,"continuous_usage_stats":true},"tools":[{"type":"function","function":{"name":"f",
                      "description":"d","parameters":{"type":"object","properties":{"x":{"type":"integer","enum":[1,2]}},"required":["x"]}}}],
                      "tool_choice":{"type":"function","function":{"name":"f"}},"parallel_tool_calls":false,
                      "chat_template_kwargs":{"enable_thinking":true},"thinking_token_budget":1,"include_reasoning":false,
                      "reasoning_effort":"low","documents":[{"title":"t","text":"u"}],"add_generation_prompt":true,
                      "continue_final_message":false,"return_token_ids":true,"prompt_logprobs":0}""",
            """
                    {"messages":[{"role":"user","content":"Hi"}],"max_tokens":2,"response_format":{"type":"json_schema","json_schema":
                      {"name":"n","strict":true,"schema":{"type":"object","properties":{"a":{"type":"string","pattern":"[a-z]+","minLength":1},
                      "b":{"anyOf":[{"type":"integer","minimum":1,"maximum":9},{"const":null}]},"c":{"type":"array","items":{"$ref":"#/$defs/d"},
                      "minItems":1,"maxItems":3}},"required":["a"],"additionalProperties":false,"$defs":{"d":{"enum":["x","y"]}}}}}}""",
            """
                    {"messages":[{"role":"user","content":"Hi"}],"max_tokens":2,"structured_outputs":{"choice":["a","b"],
                      "disable_any_whitespace":true},"truncate_prompt_tokens":4,"truncation_side":"left","use_beam_search":false,
                      "length_penalty":1.0,"best_of":1}""");

    private static final List<String> COMPLETIONS = List.of(
            """
                    {"model":"barista-demo","prompt":["Hi","there"],"max_tokens":2,"temperature":0.5,"n":2,"best_of":3,"echo":true,"logprobs":2,
                      "prompt_logprobs":1,"stop":"x","seed":1,"logit_bias":{"7":-5},"user":"u","suffix":"","add_special_tokens":true}""",
            """
                    {"prompt":[[1,2,3],[4]],"max_tokens":2,"stream":true,"stream_options":{"include_usage":true},"guided_regex":"[ab]{1,2}",
                      "return_tokens_as_token_ids":true,"return_token_ids":true}""",
            """
                    {"prompt":"Hi","max_tokens":2,"use_beam_search":true,"n":2,"length_penalty":0.5,"early_stopping":true,
                      "guided_json":null,"truncate_prompt_tokens":-1,"ignore_eos":true,"skip_special_tokens":false}""");

    private static final List<String> TOKENIZES = List.of("""
            {"prompt":"Hi","add_special_tokens":true,"return_token_strs":true}""",
            """
                    {"messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"function","function":{"name":"f","parameters":{}}}],
                      "add_generation_prompt":true,"chat_template_kwargs":{"a":[1]}}""");

    private static final List<String> MESSAGES = List
            .of("""
                    {"model":"barista-demo","max_tokens":2,"system":[{"type":"text","text":"s"}],"messages":[{"role":"user","content":
                      [{"type":"text","text":"Hi"}]},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{"x":1}}]},
                      {"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"4"}]}],"tools":[{"name":"f","input_schema":
                      {"type":"object"}}],"tool_choice":{"type":"auto"},"stop_sequences":["x"],"temperature":0.5,"top_k":5,"thinking":
                      {"type":"enabled","budget_tokens":1024},"metadata":{"user_id":"u"},"stream":false}""");

    @ParameterizedTest
    @ValueSource(strings = {"/v1/chat/completions", "/v1/completions", "/tokenize", "/v1/messages"})
    void answersOrRefusesWhateverComes(String path) {
        MutatedBodies bodies = new MutatedBodies(wholesome(path), 20261121);
        Set<Integer> statuses = new HashSet<>();
        for (int i = 0; i < 400; i++) {
            byte[] body = bodies.next();
            ServiceClient.Answer answer = service.send(service.request(path).header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofByteArray(body)));
            assertThat(answer.status())
                    .as(() -> shortened(new String(body, StandardCharsets.UTF_8)) + " -> " + shortened(answer.body()))
                    .isIn(200, 400, 404);
            assertThat(answer.body()).doesNotContain("internal_error");
            statuses.add(answer.status());
        }
        assertThat(statuses).contains(200, 400);
    }

    @Test
    void refusesTenMegabytesInAnyField() {
        String long10 = "x".repeat(10 * 1024 * 1024);
        for (String body : List.of("{\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}", "{\"messages\":\"%s\"}",
                "{\"messages\":[{\"role\":\"%s\",\"content\":\"Hi\"}]}", "{\"messages\":[],\"%s\":1}",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"guided_regex\":\"%s\"}",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"model\":\"%s\"}",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"temperature\":\"%s\"}")) {
            assertThat(service.post("/v1/chat/completions", body.formatted(long10)).status()).as(body).isIn(400, 404);
        }
    }

    private static List<String> wholesome(String path) {
        return switch (path) {
            case "/v1/chat/completions" -> CHATS;
            case "/v1/completions" -> COMPLETIONS;
            case "/v1/messages" -> MESSAGES;
            default -> TOKENIZES;
        };
    }

    private static String shortened(String text) {
        return text.length() < 3000 ? text : text.substring(0, 3000) + "...";
    }
}
