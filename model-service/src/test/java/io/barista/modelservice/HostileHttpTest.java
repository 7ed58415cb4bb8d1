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
                    body.append(",\"").append(name).append("\":")
                            .append(HostileBodies.VALUES.get(random.nextInt(HostileBodies.VALUES.size())));
                }
            }
            ServiceClient.Answer answer = service.post(chat ? "/v1/chat/completions" : "/v1/completions", body + "}");
            assertThat(answer.status()).as(body + " -> " + answer.body()).isIn(200, 400, 404);
            statuses.add(answer.status());
        }
        assertThat(statuses).contains(200, 400);
    }

    @Test
    void responsesTakeWhateverComes() {
        HostileBodies.send(service, "/v1/responses", "{\"input\":\"Hi\",\"max_output_tokens\":2",
                List.of("input", "instructions", "tools", "tool_choice", "text", "reasoning", "metadata", "store",
                        "stream", "include", "top_logprobs", "previous_response_id", "truncation", "temperature", "n",
                        "conversation", "parallel_tool_calls", "user", "background", "stop", "model"),
                200);
    }

    @Test
    void messagesTakeWhateverComes() {
        List<String> fields = List.of("messages", "system", "tools", "tool_choice", "thinking", "stop_sequences",
                "output_config", "output_format", "metadata", "stream", "temperature", "top_k", "mcp_servers", "model");
        String start = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_tokens\":2";
        HostileBodies.send(service, "/v1/messages", start, fields, 200);
        HostileBodies.send(service, "/v1/messages/count_tokens", start, fields, 100);
    }
}
