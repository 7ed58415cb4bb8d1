package io.barista.modelservice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MessagesHttpTest extends AbstractDemoTest {

    private static final String PATH = "/v1/messages";
    private static final String SUM = "{'max_tokens':64,'messages':[{'role':'user','content':'What is 12 + 7?'}]%s}";
    private static final String WEATHER = "'tools':[{'name':'get_weather','description':'Get the current weather of a city.',"
            + "'input_schema':{'type':'object','properties':{'city':{'enum':['Rome','Paris']}},'required':['city']}}]";
    private static final String CALLED = "{'max_tokens':200,'temperature':0,'messages':[{'role':'user',"
            + "'content':'What is the weather in Rome?'}]," + WEATHER + "%s}";

    @Test
    void answersWithOneBlockOfText() {
        JsonNode message = post(SUM, "");
        assertThat(message.path("id").asString()).startsWith("msg_");
        assertThat(message.path("type").asString()).isEqualTo("message");
        assertThat(message.path("role").asString()).isEqualTo("assistant");
        assertThat(message.path("model").asString()).isEqualTo("barista-demo");
        assertThat(message.path("content").size()).isEqualTo(1);
        assertThat(message.path("content").path(0).path("type").asString()).isEqualTo("text");
        assertThat(message.path("content").path(0).path("text").asString()).contains("19");
        assertThat(message.path("stop_reason").asString()).isEqualTo("end_turn");
        assertThat(message.path("stop_sequence").isNull()).isTrue();
        assertThat(message.path("usage").path("output_tokens").asInt()).isPositive();
    }

    @Test
    void countsThePromptAsTheAnswerDoes() {
        int counted = send(PATH + "/count_tokens", "{'messages':[{'role':'user','content':'What is 12 + 7?'}]}")
                .json().path("input_tokens").asInt();
        JsonNode usage = post(SUM, "").path("usage");
        assertThat(usage.path("input_tokens").asInt() + usage.path("cache_read_input_tokens").asInt())
                .isEqualTo(counted).isPositive();
    }

    @Test
    void streamsItsEventsInOrder() {
        String whole = post(SUM, "").path("content").path(0).path("text").asString();
        Sse stream = stream(SUM, "");
        List<String> types = new ArrayList<>(stream.types());
        types.removeIf("content_block_delta"::equals);
        assertThat(types).containsExactly("message_start", "ping", "content_block_start", "content_block_stop",
                "message_delta", "message_stop");
        assertThat(stream.of("content_block_delta").stream().map(event -> event.path("delta").path("text").asString())
                .collect(Collectors.joining())).isEqualTo(whole);
        JsonNode start = stream.events().getFirst().path("message");
        assertThat(start.path("content")).isEmpty();
        assertThat(start.path("stop_reason").isNull()).isTrue();
        JsonNode delta = stream.of("message_delta").getFirst();
        assertThat(delta.path("delta").path("stop_reason").asString()).isEqualTo("end_turn");
        assertThat(delta.path("usage").path("output_tokens").asInt()).isPositive();
    }

    @Test
    void tellsWhyItStopped() {
        JsonNode cut = post(SUM, ",'stop_sequences':['19']");
        assertThat(cut.path("stop_reason").asString()).isEqualTo("stop_sequence");
        assertThat(cut.path("stop_sequence").asString()).isEqualTo("19");
        JsonNode one = send(PATH,
                "{'max_tokens':1,'messages':[{'role':'user','content':[{'type':'text','text':'Hi'}]}]}")
                .json();
        assertThat(one.path("stop_reason").asString()).isEqualTo("max_tokens");
        assertThat(one.path("usage").path("output_tokens").asInt()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"''", ",'tool_choice':{'type':'any'}",
        ",'tool_choice':{'type':'tool','name':'get_weather'}"})
    void callsTools(String choice) {
        JsonNode message = post(CALLED, choice);
        assertThat(message.path("stop_reason").asString()).as(message.toString()).isEqualTo("tool_use");
        JsonNode call = message.path("content").path(message.path("content").size() - 1);
        assertThat(call.path("type").asString()).isEqualTo("tool_use");
        assertThat(call.path("name").asString()).isEqualTo("get_weather");
        assertThat(call.path("input").path("city").asString()).isEqualTo("Rome");

        Sse stream = stream(CALLED, choice);
        JsonNode start = stream.of("content_block_start").getLast();
        assertThat(start.path("content_block").path("name").asString()).isEqualTo("get_weather");
        assertThat(start.path("content_block").path("input")).isEmpty();
        String json = stream.of("content_block_delta").stream()
                .filter(event -> event.path("index").equals(start.path("index")))
                .map(event -> event.path("delta").path("partial_json").asString()).collect(Collectors.joining());
        assertThat(new JsonMapper().readTree(json)).isEqualTo(call.path("input"));
        assertThat(stream.of("message_delta").getFirst().path("delta").path("stop_reason").asString())
                .isEqualTo("tool_use");
    }

    @Test
    void noneMeansNoTool() {
        assertThat(post(CALLED, ",'tool_choice':{'type':'none'}").path("stop_reason").asString())
                .isNotEqualTo("tool_use");
    }

    @Test
    void readsAWholeRoundOfToolsAndThoughts() {
        String history = "{'max_tokens':64,'system':[{'type':'text','text':'You are a helpful assistant.',"
                + "'cache_control':{'type':'ephemeral'}}],'messages':["
                + "{'role':'user','content':'What is the weather in Rome?'},{'role':'assistant','content':["
                + "{'type':'thinking','thinking':'Look it up.','signature':'x'},"
                + "{'type':'tool_use','id':'t1','name':'get_weather','input':{'city':'Rome'}}]},"
                + "{'role':'user','content':[{'type':'tool_result','tool_use_id':'t1','content':"
                + "[{'type':'text','text':'{\\'temperature\\': 21}'}]},{'type':'text','text':'So?'}]}]," + WEATHER
                + "}";
        JsonNode message = post(history.replace("%", "%%"), "");
        assertThat(message.path("stop_reason").asString()).isIn("end_turn", "max_tokens", "tool_use");
        String rendered = send(PATH + "/count_tokens", history).json().path("input_tokens").asString();
        assertThat(Integer.parseInt(rendered)).isGreaterThan(60);
    }

    @Test
    void thinkingBecomesABlockOfItsOwn() {
        JsonNode message = post(SUM, ",'thinking':{'type':'enabled','budget_tokens':1024}");
        assertThat(message.path("content").path(0).path("type").asString()).as(message.toString())
                .isEqualTo("thinking");
        assertThat(message.path("content").path(0).path("thinking").asString()).isNotBlank();
        Sse stream = stream(SUM, ",'thinking':{'type':'enabled','budget_tokens':1024}");
        assertThat(stream.of("content_block_delta").getFirst().path("delta").path("type").asString())
                .isEqualTo("thinking_delta");
        assertThat(post(SUM, ",'thinking':{'type':'disabled'}").path("content").path(0).path("type").asString())
                .isEqualTo("text");
    }

    @Test
    void goesOnWithWhatTheClientHasBegun() {
        String begun = "{'max_tokens':8,'temperature':0,'messages':[{'role':'user','content':'What is 12 + 7?'},"
                + "{'role':'assistant','content':'12 + 7 ='}]}";
        int withoutOpening = send(PATH + "/count_tokens", begun).json().path("input_tokens").asInt();
        int asATurn = service.post("/tokenize",
                "{'messages':[{'role':'user','content':'What is 12 + 7?'},{'role':'assistant','content':'12 + 7 ='}]}"
                        .replace('\'', '"'))
                .json().path("count").asInt();
        assertThat(withoutOpening).isLessThan(asATurn);
        assertThat(post(begun, "").path("content").path(0).path("text").asString()).contains("19");
    }

    @Test
    void theFormOfTheAnswerIsEnforced() {
        JsonNode message = post(SUM, ",'output_config':{'format':{'type':'json_schema','schema':{'type':'object',"
                + "'properties':{'sum':{'enum':[19]}},'required':['sum'],'additionalProperties':false}}}");
        JsonNode text = message.path("content").path(message.path("content").size() - 1).path("text");
        assertThat(new JsonMapper().readTree(text.asString()).path("sum").asInt()).as(message.toString()).isEqualTo(19);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{'messages':[{'role':'user','content':'a'}]}|max_tokens",
        "{'max_tokens':5,'messages':[]}|at least one message",
        "{'max_tokens':5,'messages':[{'role':'tool','content':'a'}]}|messages[0].role",
        "{'max_tokens':5,'messages':[{'role':'user','content':[{'type':'image','source':{}}]}]}|reads text only",
        "{'max_tokens':5,'messages':[{'role':'user','content':'a'}],'tools':[{'type':'bash_20250124','name':'bash'}]}|bash_20250124",
        "{'max_tokens':5,'messages':[{'role':'user','content':'a'}],'thinking':{'type':'deep'}}|thinking.type",
        "{'max_tokens':5,'messages':[{'role':'user','content':'a'}],'mcp_servers':[{}]}|mcp_servers",
        "{'max_tokens':5,'messages':[{'role':'user','content':'a'}],'temperature':9}|temperature"})
    void refusalsHaveAnthropicsShape(String body, String told) {
        ServiceClient.Answer answer = send(PATH, body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.json().path("type").asString()).isEqualTo("error");
        assertThat(answer.json().path("error").path("type").asString()).isEqualTo("invalid_request_error");
        assertThat(answer.json().path("error").path("message").asString()).contains(told);
    }

    @Test
    void anUnknownModelIsNotFound() {
        ServiceClient.Answer answer = send(PATH,
                "{'model':'other','max_tokens':5,'messages':[{'role':'user','content':'a'}]}");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.json().path("error").path("type").asString()).isEqualTo("not_found_error");
    }

    private JsonNode post(String format, String more) {
        ServiceClient.Answer answer = send(PATH, format.formatted(more));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private Sse stream(String format, String more) {
        ServiceClient.Answer answer = send(PATH, format.formatted(more + ",'stream':true"));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return Sse.parseNamed(answer.body());
    }

    private ServiceClient.Answer send(String path, String body) {
        return service.post(path, body.replace("\\'", "\u0000").replace('\'', '"').replace("\u0000", "\\\""));
    }
}
