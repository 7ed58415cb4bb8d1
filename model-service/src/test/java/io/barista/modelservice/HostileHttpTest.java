package io.barista.modelservice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Bodies with every field of every type: each is answered or refused, and none breaks the service. */
class HostileHttpTest extends AbstractDemoTest {

    private static final List<String> FIELDS = List.of("messages", "prompt", "temperature", "top_p", "top_k", "min_p",
            "n",
            "seed", "stop", "stop_token_ids", "max_tokens", "max_completion_tokens", "logprobs", "top_logprobs", "echo",
            "stream_options", "tools", "tool_choice", "response_format", "logit_bias", "chat_template_kwargs",
            "add_generation_prompt", "continue_final_message", "documents", "reasoning_effort", "min_tokens",
            "ignore_eos",
            "presence_penalty", "repetition_penalty", "return_token_ids", "best_of", "suffix", "user", "model");

    private static final List<String> VALUES = List.of("null", "true", "false", "0", "1", "-1", "2", "0.5", "1e400",
            "-1e999",
            "99999999999999999999999", "\"\"", "\"x\"", "\"\\u0000\"", "\"\\ud83d\"", "\"\\ud83d\\ude00\"", "[]", "{}",
            "[null]", "[[]]", "[1,2,3]", "[[1],[2]]", "[\"a\",\"b\"]", "[{}]", "{\"type\":\"text\"}",
            "{\"enable_thinking\":true}", "[{\"role\":\"user\",\"content\":\"a\"}]",
            "[{\"role\":\"tool\",\"content\":[{\"type\":\"text\",\"text\":\"b\"}]},{\"role\":\"assistant\"}]",
            "[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"a\":[1,null]}}}]", "\"auto\"",
            "\"none\"",
            "{\"include_usage\":true}", "[-1]", "[9999999]", "[2147483648]", "{\"a\":{\"b\":[{}]}}");

    @Test
    void answersOrRefusesWhateverComes() {
        Random random = new Random(20261121);
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            boolean chat = random.nextBoolean();
            StringBuilder body = new StringBuilder(chat
                    ? "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_tokens\":2"
                    : "{\"prompt\":\"Hi\",\"max_tokens\":2");
            List<String> fields = new ArrayList<>(FIELDS);
            for (int field = random.nextInt(4); field >= 0; field--) {
                String name = fields.remove(random.nextInt(fields.size()));
                if (body.indexOf("\"" + name + "\"") < 0) {
                    body.append(",\"").append(name).append("\":").append(VALUES.get(random.nextInt(VALUES.size())));
                }
            }
            ServiceClient.Answer answer = service.post(chat ? "/v1/chat/completions" : "/v1/completions", body + "}");
            assertThat(answer.status()).as(body + " -> " + answer.body()).isIn(200, 400, 404);
            statuses.add(answer.status());
        }
        assertThat(statuses).contains(200, 400);
    }
}
