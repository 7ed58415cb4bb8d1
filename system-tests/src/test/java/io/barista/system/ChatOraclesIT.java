package io.barista.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What the tests of vLLM and of Ray Serve LLM expect of chats, through the gateway; see docs/reference/oracles.md. */
class ChatOraclesIT {

    private static final String PATH = "/v1/chat/completions";
    private static final String SUM = "\"messages\":[{\"role\":\"user\",\"content\":\"What is 12 + 7?\"}],\"temperature\":0,";
    private static final String WEATHER = """
            "messages":[{"role":"user","content":"What is the weather in Paris?"}],"temperature":0,
            "tools":[{"type":"function","function":{"name":"get_weather","description":"Get the weather of a city",
              "parameters":{"type":"object","properties":{"city":{"type":"string","description":"The city name"}},
              "required":["city"]}}},{"type":"function","function":{"name":"ping","description":"Ask whether all is well"}}],
            """;

    private static Answer chat(String fields) {
        return Answer.to(PATH, "{" + fields + "\"model\":\"barista-demo\"}");
    }

    private static Answer stream(String fields) {
        return Answer.streamed(PATH, "{" + fields + "\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5})
    void tellsAsManyRivalsAsAskedWithTheirBytes(int top) {
        JsonNode entries = chat(SUM + "\"logprobs\":true,\"top_logprobs\":" + top + ",")
                .at("/choices/0/logprobs/content");

        assertThat(entries.size()).isPositive();
        for (JsonNode entry : entries) {
            assertThat(entry.get("top_logprobs").size()).isEqualTo(top);
            List<Byte> bytes = entry.get("bytes").valueStream().map(b -> (byte) b.asInt()).toList();
            assertThat(entry.get("token").asString().getBytes(StandardCharsets.UTF_8))
                    .containsExactly(bytes.toArray(Byte[]::new));
        }
    }

    @Test
    void tellsOnlyTheRivalsThatWereAskedFor() {
        JsonNode entries = chat(SUM + "\"logprobs\":true,\"top_logprobs\":2,\"logprob_token_ids\":[11,42],"
                + "\"return_tokens_as_token_ids\":true,\"max_tokens\":3,").at("/choices/0/logprobs/content");

        assertThat(entries.valueStream()).hasSize(3).allSatisfy(entry -> assertThat(
                entry.get("top_logprobs").valueStream().map(rival -> rival.get("token").asString()))
                .containsExactlyInAnyOrder("token_id:11", "token_id:42"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"\"logprobs\":true,\"top_logprobs\":21|top_logprobs",
        "\"logprobs\":true,\"top_logprobs\":-1|top_logprobs", "\"top_logprobs\":3|top_logprobs",
        "\"temperature\":-1|temperature",
        "\"stream_options\":{\"include_usage\":true}|stream_options",
        "\"stream_options\":{\"include_usage\":false}|stream_options",
        "\"prompt_logprobs\":1,\"stream\":true|prompt_logprobs", "\"tools\":[]|tools",
        "\"tool_choice\":\"required\"|tool_choice",
        "\"reasoning_effort\":\"boundless\"|reasoning_effort", "\"logprob_token_ids\":[1]|logprob_token_ids",
        "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"type\":\"objekt\"}}|response_format",
        "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"schema\":{\"type\":[]}}}|response_format",
        "\"n\":-1|n", "\"stop\":[\"\"]|stop", "\"seed\":1.5|seed", "\"max_tokens\":0|max_tokens", "\"top_p\":2|top_p"})
    void namesTheFieldAtFault(String fields, String param) {
        Answer answer = Answer.to(PATH, Answer.object(SUM + "\"model\":\"barista-demo\"", fields));

        assertThat(answer.status()).as(answer.json().toString()).isEqualTo(400);
        assertThat(answer.text("/error/param")).isEqualTo(param);
    }

    @ParameterizedTest
    @CsvSource({"/v1/completions,true", "/v1/completions,false", "/v1/chat/completions,true",
        "/v1/chat/completions,false"})
    void doesNotKnowAModelBeforeAnyEvent(String path, boolean stream) {
        String input = path.equals(PATH)
                ? "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]"
                : "\"prompt\":\"Hi\"";
        Answer answer = Answer.to(path, "{%s,\"model\":\"nobody\",\"stream\":%b}".formatted(input, stream));

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.text("/error/message")).contains("nobody");
        assertThat(answer.text("/error/param")).isEqualTo("model");
    }

    @Test
    void refusesAPromptBeyondTheContextAndGoesOn() {
        Answer answer = chat("\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}],".formatted("word ".repeat(3000)));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("/error/message")).contains("maximum context length is 2048 tokens");
        assertThat(chat(SUM).text("/choices/0/message/content")).contains("19");
    }

    @Test
    void streamsTheSameTextBeginningWithTheRole() {
        String story = "\"messages\":[{\"role\":\"user\",\"content\":\"Tell me a story.\"}],\"temperature\":0,"
                + "\"max_tokens\":1000,\"ignore_eos\":true,";
        Answer streamed = stream(story);

        assertThat(streamed.joined(0, "/delta/content")).isEqualTo(chat(story).text("/choices/0/message/content"));
        assertThat(streamed.choiceChunks(0).getFirst().at("/delta/role").asString()).isEqualTo("assistant");
        assertThat(streamed.finishReasons(0)).containsExactly("length");
        assertThat(streamed.body().getLast().at("/usage/completion_tokens").asInt()).isEqualTo(1000);
    }

    @Test
    void goesOnAfterAToolsResultWholeAndStreamed() {
        String history = "\"messages\":[{\"role\":\"user\",\"content\":\"What is the weather in Paris?\"},{\"role\":\"assistant\","
                + "\"content\":null,\"tool_calls\":[{\"id\":\"call-1\",\"type\":\"function\",\"function\":{\"name\":\"get_weather\","
                + "\"arguments\":\"{\\\"city\\\": \\\"Paris\\\"}\"}}]},{\"role\":\"tool\",\"tool_call_id\":\"call-1\","
                + "\"content\":\"{\\\"temperature\\\": 21, \\\"condition\\\": \\\"sunny\\\"}\"}],\"temperature\":0,";
        String whole = chat(history).text("/choices/0/message/content");

        assertThat(whole).contains("sunny");
        assertThat(stream(history).joined(0, "/delta/content")).isEqualTo(whole);
    }

    @Test
    void streamsACallWithItsNameOnceAndItsArgumentsInPieces() {
        Answer whole = chat(WEATHER);
        Answer streamed = stream(WEATHER);
        List<JsonNode> pieces = streamed.choiceChunks(0).stream().map(chunk -> chunk.at("/delta/tool_calls/0"))
                .filter(JsonNode::isObject).toList();

        assertThat(whole.text("/choices/0/message/tool_calls/0/function/name")).isEqualTo("get_weather");
        assertThat(whole.text("/choices/0/finish_reason")).isEqualTo("tool_calls");
        assertThat(pieces).hasSizeGreaterThan(2).allMatch(piece -> piece.get("index").asInt() == 0);
        assertThat(pieces.getFirst().get("id").asString()).isNotBlank();
        assertThat(pieces.getFirst().at("/function/name").asString()).isEqualTo("get_weather");
        assertThat(pieces.subList(1, pieces.size()))
                .noneMatch(piece -> piece.has("id") || piece.has("type") || piece.get("function").has("name"));
        assertThat(streamed.joined(0, "/delta/tool_calls/0/function/arguments"))
                .isEqualTo(whole.text("/choices/0/message/tool_calls/0/function/arguments"));
        assertThat(streamed.finishReasons(0)).containsExactly("tool_calls");
        assertThat(streamed.body().getLast().get("choices").isEmpty()).isTrue();
    }

    @Test
    void streamsTheRequiredCallsOfEveryChoice() {
        Answer streamed = stream(WEATHER + "\"tool_choice\":\"required\",\"n\":2,\"max_tokens\":200,");

        for (int choice = 0; choice < 2; choice++) {
            assertThat(streamed.finishReasons(choice)).containsExactly("tool_calls");
            assertThat(streamed.joined(choice, "/delta/tool_calls/0/function/name")).isIn("get_weather", "ping");
            assertThat(
                    Suite.JSON.readTree(streamed.joined(choice, "/delta/tool_calls/0/function/arguments")).isObject())
                    .isTrue();
        }
    }

    @Test
    void splitsTheReasoningAndCountsIt() {
        String thinking = SUM + "\"chat_template_kwargs\":{\"enable_thinking\":true},";
        Answer whole = chat(thinking);
        Answer streamed = stream(thinking);
        JsonNode message = whole.at("/choices/0/message");

        assertThat(message.get("reasoning").asString()).isNotBlank()
                .isEqualTo(message.get("reasoning_content").asString())
                .isEqualTo(streamed.joined(0, "/delta/reasoning"))
                .isEqualTo(streamed.joined(0, "/delta/reasoning_content"));
        assertThat(message.get("content").asString()).contains("19").isEqualTo(streamed.joined(0, "/delta/content"));
        int reasoned = whole.at("/usage/completion_tokens_details/reasoning_tokens").asInt();
        assertThat(reasoned).isPositive().isLessThan(whole.at("/usage/completion_tokens").asInt())
                .isEqualTo(streamed.body().getLast().at("/usage/completion_tokens_details/reasoning_tokens").asInt());
        assertThat(chat(thinking + "\"include_reasoning\":false,").at("/choices/0/message").has("reasoning")).isFalse();
        assertThat(chat(thinking + "\"thinking_token_budget\":5,")
                .at("/usage/completion_tokens_details/reasoning_tokens").asInt())
                .isLessThan(reasoned);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"type\":\"json_object\"}",
        "{\"type\":\"json_schema\",\"json_schema\":{\"type\":\"object\",\"properties\":{\"sum\":{\"type\":\"integer\"}},\"required\":[\"sum\"]}}",
        "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"s\",\"schema\":{\"type\":\"object\",\"properties\":{\"sum\":{\"type\":\"integer\"}},\"required\":[\"sum\"]}}}"})
    void answersInJsonWholeAndStreamed(String format) {
        String request = SUM.replace("What is 12 + 7?", "Give me a JSON object with the key sum and the value 19.")
                + "\"max_tokens\":300,\"response_format\":" + format + ",";
        String whole = chat(request).text("/choices/0/message/content");

        assertThat(Suite.JSON.readTree(whole).isObject()).isTrue();
        assertThat(stream(request).joined(0, "/delta/content")).isEqualTo(whole);
    }

    @Test
    void tokenizesAChatAsItIsPromptedAndBack() {
        for (String fields : List.of(SUM, WEATHER)) {
            Answer tokens = Answer.to("/tokenize", "{" + fields + "\"model\":\"barista-demo\"}");
            Answer answer = chat(fields + "\"return_token_ids\":true,\"max_tokens\":1,");

            assertThat(answer.at("/prompt_token_ids")).isEqualTo(tokens.at("/tokens"));
            assertThat(tokens.at("/count").asInt()).isEqualTo(tokens.at("/tokens").size());
            String text = Answer.to("/detokenize", "{\"tokens\":" + tokens.at("/tokens") + "}").text("/prompt");
            assertThat(Answer
                    .to("/tokenize",
                            "{\"add_special_tokens\":false,\"prompt\":" + Suite.JSON.writeValueAsString(text) + "}")
                    .at("/tokens")).isEqualTo(tokens.at("/tokens"));
        }
    }
}
