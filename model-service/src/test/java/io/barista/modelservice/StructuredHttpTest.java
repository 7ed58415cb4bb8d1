package io.barista.modelservice;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Structured outputs under every name, and calls that must be made, from the demo model. */
class StructuredHttpTest extends AbstractDemoTest {

    private static final String CHAT = "/v1/chat/completions";
    private static final String QUESTION = "\"model\":\"barista-demo\",\"temperature\":1,\"seed\":7,\"max_tokens\":300,"
            + "\"messages\":[{\"role\":\"user\",\"content\":\"What is the weather in Paris?\"}]";
    private static final String SCHEMA = "{\"type\":\"object\",\"properties\":{\"city\":{\"enum\":[\"Paris\",\"Rome\"]},"
            + "\"degrees\":{\"type\":\"integer\",\"minimum\":-30,\"maximum\":50},"
            + "\"note\":{\"type\":\"string\",\"maxLength\":12}},\"required\":[\"city\",\"degrees\",\"note\"]}";
    private static final String TOOLS = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"weather\",\"parameters\":"
            + SCHEMA
            + "}},{\"type\":\"function\",\"function\":{\"name\":\"clock\"}}]";

    @ParameterizedTest
    @ValueSource(
            strings = {"\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"w\",\"schema\":%s}}",
                "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":%s}", "\"guided_json\":%s",
                "\"structured_outputs\":{\"json\":%s,\"disable_any_whitespace\":true}"})
    void answersByASchema(String field) {
        JsonNode answer = ask(field.formatted(SCHEMA));

        JsonNode value = JsonMapper.shared().readTree(content(answer));
        assertThat(value.path("city").asString()).isIn("Paris", "Rome");
        assertThat(value.path("degrees").intValue()).isBetween(-30, 50);
        assertThat(value.path("note").asString().length()).isLessThanOrEqualTo(12);
        assertThat(value.size()).isEqualTo(3);
        assertThat(finishReason(answer)).isEqualTo("stop");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"\"guided_choice\":[\"red\",\"green\"]|red~green",
        "\"structured_outputs\":{\"choice\":[\"red\",\"green\"]}|red~green",
        "\"guided_regex\":\"[A-C]{3}-[0-9]\"|[A-C]{3}-[0-9]",
        "\"structured_outputs\":{\"regex\":\"x+y\"}|x+y",
        "\"guided_grammar\":\"root ::= letter{2} letter ::= [ab]\"|[ab]{2}"})
    void answersByChoiceRegexAndGrammar(String field, String expected) {
        assertThat(content(ask(field))).matches(expected.replace('~', '|'));
    }

    @Test
    void completesByAGrammar() {
        JsonNode answer = service.post("/v1/completions",
                "{\"prompt\":\"The answer is\",\"max_tokens\":50,\"guided_regex\":\" (yes|no)\"}").json();

        assertThat(answer.path("choices").path(0).path("text").asString()).isIn(" yes", " no");
    }

    @Test
    void givesAnyObjectAsJson() {
        JsonNode answer = ask("\"response_format\":{\"type\":\"json_object\"}");

        assertThat(content(answer)).startsWith("{");
        if (finishReason(answer).equals("stop")) {
            assertThat(JsonMapper.shared().readTree(content(answer)).isObject()).isTrue();
        }
    }

    @Test
    void makesTheCallThatIsRequired() {
        JsonNode answer = ask(TOOLS + ",\"tool_choice\":\"required\",\"parallel_tool_calls\":false");

        JsonNode calls = answer.path("choices").path(0).path("message").path("tool_calls");
        assertThat(calls).hasSize(1);
        assertThat(calls.path(0).path("function").path("name").asString()).isIn("weather", "clock");
        assertThat(JsonMapper.shared().readTree(calls.path(0).path("function").path("arguments").asString()).isObject())
                .isTrue();
        assertThat(finishReason(answer)).isEqualTo("tool_calls");
    }

    @Test
    void makesTheCallThatIsNamedAndStreamsItsArguments() {
        String named = TOOLS + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"weather\"}}";
        JsonNode function = ask(named).path("choices").path(0).path("message").path("tool_calls").path(0)
                .path("function");
        assertThat(function.path("name").asString()).isEqualTo("weather");
        assertThat(JsonMapper.shared().readTree(function.path("arguments").asString()).path("city").asString())
                .isIn("Paris", "Rome");

        Sse stream = Sse.parse(service.post(CHAT, "{\"stream\":true," + QUESTION + "," + named + "}").body());
        StringBuilder arguments = new StringBuilder();
        stream.events().forEach(event -> event.path("choices").path(0).path("delta").path("tool_calls")
                .forEach(call -> arguments.append(call.path("function").path("arguments").asString())));
        assertThat(arguments.toString()).isEqualTo(function.path("arguments").asString());
        assertThat(stream.events().size()).as("in pieces").isGreaterThan(4);
        assertThat(stream.finishReasons(0)).containsExactly("stop");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"\"guided_regex\":\"(\"|guided_regex|expected",
        "\"structured_outputs\":{\"regex\":\"((a{1000}){1000}){1000}\"}|structured_outputs.regex|too large",
        "\"guided_json\":{\"not\":{}}|guided_json|'not'", "\"guided_json\":3|guided_json|a JSON schema",
        "\"guided_choice\":[]|guided_choice|at least one", "\"guided_choice\":[1]|guided_choice[0]|a string",
        "\"guided_grammar\":\"root ::= other\"|guided_grammar|other",
        "\"structured_outputs\":{\"structural_tag\":\"x\"}|structured_outputs.structural_tag|not supported",
        "\"guided_regex\":\"a\",\"guided_choice\":[\"a\"]|guided_choice|one kind",
        "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"x\"}}|response_format.json_schema.schema|Missing",
        "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"uniqueItems\":true}}|response_format|uniqueItems"})
    void saysWhatCannotBeEnforced(String field, String param, String message) {
        ServiceClient.Answer answer = service.post(CHAT, "{" + QUESTION + "," + field + "}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("error").path("param").asString()).isEqualTo(param);
        assertThat(answer.json().path("error").path("message").asString()).contains(message);
    }

    @Test
    void refusesAGrammarBesideACallThatIsRequired() {
        ServiceClient.Answer answer = service.post(CHAT,
                "{" + QUESTION + "," + TOOLS + ",\"tool_choice\":\"required\",\"guided_regex\":\"a\"}");

        assertThat(answer.status()).isEqualTo(400);
    }

    private JsonNode ask(String field) {
        ServiceClient.Answer answer = service.post(CHAT, "{" + QUESTION + "," + field + "}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private static String content(JsonNode answer) {
        return answer.path("choices").path(0).path("message").path("content").asString();
    }

    private static String finishReason(JsonNode answer) {
        return answer.path("choices").path(0).path("finish_reason").asString();
    }
}
