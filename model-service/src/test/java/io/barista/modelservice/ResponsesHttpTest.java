package io.barista.modelservice;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ResponsesHttpTest extends AbstractDemoTest {

    private static final String PATH = "/v1/responses";
    private static final String SUM = "{'input':'What is 12 + 7?'%s}";
    private static final String CALLED = "{'temperature':0,'input':[{'role':'user','content':[{'type':'input_text',"
            + "'text':'What is the weather in Rome?'}]}],'tools':[{'type':'function','name':'get_weather',"
            + "'description':'Get the current weather of a city.','parameters':{'type':'object','properties':"
            + "{'city':{'enum':['Rome','Paris']}},'required':['city']}}]%s}";

    @Test
    void answersWithOneMessage() {
        JsonNode response = post(SUM, ",'metadata':{'a':'b'}");
        assertThat(response.path("id").asString()).matches("resp_[0-9a-f]{32}");
        assertThat(response.path("object").asString()).isEqualTo("response");
        assertThat(response.path("status").asString()).isEqualTo("completed");
        assertThat(response.path("model").asString()).isEqualTo("barista-demo");
        assertThat(response.path("output").size()).isEqualTo(1);
        JsonNode item = response.path("output").path(0);
        assertThat(item.path("type").asString()).isEqualTo("message");
        assertThat(item.path("role").asString()).isEqualTo("assistant");
        assertThat(item.path("status").asString()).isEqualTo("completed");
        assertThat(item.path("content").path(0).path("type").asString()).isEqualTo("output_text");
        assertThat(item.path("content").path(0).path("annotations").isArray()).isTrue();
        assertThat(text(response)).contains("19");
        assertThat(response.path("error").isNull()).isTrue();
        assertThat(response.path("metadata").path("a").asString()).isEqualTo("b");
        assertThat(response.path("tool_choice").asString()).isEqualTo("auto");
        assertThat(response.path("parallel_tool_calls").asBoolean()).isTrue();
        JsonNode usage = response.path("usage");
        assertThat(usage.path("total_tokens").asInt())
                .isEqualTo(usage.path("input_tokens").asInt() + usage.path("output_tokens").asInt()).isPositive();
    }

    @Test
    void streamsItsEventsInOrder() {
        String whole = text(post(SUM, ""));
        Sse stream = stream(SUM, "");
        List<String> types = stream.types();
        assertThat(types.subList(0, 4)).containsExactly("response.created", "response.in_progress",
                "response.output_item.added", "response.content_part.added");
        assertThat(types.subList(types.size() - 4, types.size())).containsExactly("response.output_text.done",
                "response.content_part.done", "response.output_item.done", "response.completed");
        assertThat(types.subList(4, types.size() - 4)).containsOnly("response.output_text.delta").hasSizeGreaterThan(2);
        assertThat(stream.events().stream().map(event -> event.path("sequence_number").asInt()).toList())
                .isEqualTo(IntStream.range(0, types.size()).boxed().toList());
        assertThat(deltas(stream, "response.output_text.delta")).isEqualTo(whole)
                .isEqualTo(stream.of("response.output_text.done").getFirst().path("text").asString());
        JsonNode first = stream.events().getFirst().path("response");
        JsonNode last = stream.events().getLast().path("response");
        assertThat(first.path("status").asString()).isEqualTo("in_progress");
        assertThat(last.path("id")).isEqualTo(first.path("id"));
        assertThat(text(last)).isEqualTo(whole);
        assertThat(last.path("output").path(0).path("id"))
                .isEqualTo(stream.of("response.output_item.added").getFirst().path("item").path("id"));
        assertThat(service.get(PATH + "/" + last.path("id").asString()).json()).isEqualTo(last);
    }

    @Test
    void anAnswerThatIsCutIsIncomplete() {
        JsonNode response = post(SUM, ",'max_output_tokens':1");
        assertThat(response.path("status").asString()).isEqualTo("incomplete");
        assertThat(response.path("incomplete_details").path("reason").asString()).isEqualTo("max_output_tokens");
        assertThat(response.path("usage").path("output_tokens").asInt()).isEqualTo(1);
        assertThat(stream(SUM, ",'max_output_tokens':1").types().getLast()).isEqualTo("response.incomplete");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"''", ",'tool_choice':'required'",
        ",'tool_choice':{'type':'function','name':'get_weather'}"})
    void callsFunctions(String choice) {
        JsonNode response = post(CALLED, choice);
        JsonNode call = response.path("output").path(response.path("output").size() - 1);
        assertThat(call.path("type").asString()).as(response.toString()).isEqualTo("function_call");
        assertThat(call.path("name").asString()).isEqualTo("get_weather");
        assertThat(new JsonMapper().readTree(call.path("arguments").asString()).path("city").asString())
                .isEqualTo("Rome");
        Sse stream = stream(CALLED, choice);
        assertThat(stream.types()).containsSubsequence("response.output_item.added",
                "response.function_call_arguments.delta", "response.function_call_arguments.done",
                "response.output_item.done", "response.completed");
        assertThat(deltas(stream, "response.function_call_arguments.delta"))
                .isEqualTo(call.path("arguments").asString());
    }

    @Test
    void followUpsGoOnWithTheConversation() {
        JsonNode called = post(CALLED, ",'tool_choice':'required'");
        String callId = called.path("output").path(called.path("output").size() - 1).path("call_id").asString();
        JsonNode answered = post("{'previous_response_id':'" + called.path("id").asString()
                + "','input':[{'type':'function_call_output','call_id':'" + callId
                + "','output':'{\\'temperature\\': 21}'}]%s}", ",'max_output_tokens':40");
        assertThat(answered.path("previous_response_id")).isEqualTo(called.path("id"));
        assertThat(answered.path("usage").path("input_tokens").asInt()).isGreaterThan(20);

        JsonNode first = post("{'input':'My name is Anna.'%s}", ",'temperature':0");
        String id = first.path("id").asString();
        JsonNode second = post("{'input':'What is my name?','temperature':0,'previous_response_id':'" + id + "'%s}",
                "");
        JsonNode chat = service.post("/v1/chat/completions", json("{'temperature':0,'messages':["
                + "{'role':'user','content':'My name is Anna.'},{'role':'assistant','content':"
                + new JsonMapper().writeValueAsString(text(first)).replace('"', '\'')
                + "},{'role':'user','content':'What is my name?'}]}")).json();
        assertThat(text(second)).isEqualTo(chat.path("choices").path(0).path("message").path("content").asString());
    }

    @Test
    void keepsWhatItMayAndForgetsWhatItMust() {
        String id = post(SUM, "").path("id").asString();
        assertThat(service.get(PATH + "/" + id).json().path("id").asString()).isEqualTo(id);
        JsonNode deleted = send(service.request(PATH + "/" + id).DELETE()).json();
        assertThat(deleted.path("deleted").asBoolean()).isTrue();
        requireNotFound(service.get(PATH + "/" + id), "Response with id '" + id + "' not found.");
        String unkept = post(SUM, ",'store':false").path("id").asString();
        requireNotFound(service.get(PATH + "/" + unkept), "Response with id '" + unkept + "' not found.");
        ServiceClient.Answer followUp = service.post(PATH, json("{'input':'a','previous_response_id':'" + id + "'}"));
        requireNotFound(followUp, "Previous response with id '" + id + "' not found.");
        assertThat(followUp.json().path("error").path("param").asString()).isEqualTo("previous_response_id");
        assertThat(followUp.json().path("error").path("code").asString()).isEqualTo("previous_response_not_found");
    }

    @Test
    void runsInTheBackgroundAndIsCancelled() throws InterruptedException {
        JsonNode begun = post(SUM, ",'background':true");
        assertThat(begun.path("status").asString()).isEqualTo("in_progress");
        JsonNode ended = awaitEnd(begun.path("id").asString());
        assertThat(ended.path("status").asString()).isEqualTo("completed");
        assertThat(text(ended)).contains("19");

        String endless = post(SUM, ",'background':true,'ignore_eos':true,'max_output_tokens':2000").path("id")
                .asString();
        JsonNode cancelled = send(service.request(PATH + "/" + endless + "/cancel").POST(BodyPublishers.noBody()))
                .json();
        assertThat(cancelled.path("status").asString()).isEqualTo("cancelled");
        assertThat(awaitEnd(endless).path("status").asString()).isEqualTo("cancelled");

        String synchronous = post(SUM, "").path("id").asString();
        ServiceClient.Answer refused = send(
                service.request(PATH + "/" + synchronous + "/cancel").POST(BodyPublishers.noBody()));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().path("error").path("message").asString())
                .isEqualTo("Cannot cancel a synchronous response.");
    }

    @Test
    void thoughtsAreAnItemOfTheirOwn() {
        String thinking = ",'chat_template_kwargs':{'enable_thinking':true}";
        JsonNode response = post(SUM, thinking);
        JsonNode thoughts = response.path("output").path(0);
        assertThat(thoughts.path("type").asString()).as(response.toString()).isEqualTo("reasoning");
        assertThat(thoughts.path("summary").isArray()).isTrue();
        assertThat(thoughts.path("content").path(0).path("type").asString()).isEqualTo("reasoning_text");
        assertThat(response.path("usage").path("output_tokens_details").path("reasoning_tokens").asInt()).isPositive();
        Sse stream = stream(SUM, thinking);
        assertThat(deltas(stream, "response.reasoning_text.delta"))
                .isEqualTo(stream.of("response.reasoning_text.done").getFirst().path("text").asString())
                .isEqualTo(thoughts.path("content").path(0).path("text").asString());
        assertThat(stream.types()).containsSubsequence("response.reasoning_text.done", "response.content_part.done",
                "response.output_item.done", "response.output_item.added", "response.output_text.done");
    }

    @Test
    void theFormOfTheTextIsEnforced() {
        JsonNode response = post(SUM, ",'text':{'format':{'type':'json_schema','name':'sum','strict':true,'schema':"
                + "{'type':'object','properties':{'sum':{'enum':[19]}},'required':['sum'],'additionalProperties':false}}}");
        assertThat(new JsonMapper().readTree(text(response)).path("sum").asInt()).as(response.toString()).isEqualTo(19);
        assertThat(response.path("text").path("format").path("name").asString()).isEqualTo("sum");
    }

    @Test
    void logprobsComeWithTheTextWhenAsked() {
        JsonNode content = post(SUM, ",'include':['message.output_text.logprobs'],'top_logprobs':2").path("output")
                .path(0).path("content").path(0);
        assertThat(content.path("logprobs").path(0).path("top_logprobs").size()).isEqualTo(2);
        assertThat(content.path("text").asString())
                .startsWith(content.path("logprobs").path(0).path("token").asString());
    }

    @Test
    void readsEveryItemOfAnEarlierRound() {
        JsonNode response = post("{'instructions':'Be brief.','max_output_tokens':16,'input':["
                + "{'type':'message','role':'user','content':[{'type':'input_text','text':'Weather in Rome?'}]},"
                + "{'type':'reasoning','id':'rs_1','summary':[],'content':[{'type':'reasoning_text','text':'Look.'}]},"
                + "{'type':'function_call','call_id':'c1','name':'get_weather','arguments':'{}'},"
                + "{'type':'function_call_output','call_id':'c1','output':[{'type':'input_text','text':'sunny'}]},"
                + "{'type':'message','role':'assistant','id':'msg_1','content':[{'type':'output_text','text':'Sunny.'}]},"
                + "{'role':'user','content':'Thanks!'}]%s}", "");
        assertThat(response.path("instructions").asString()).isEqualTo("Be brief.");
        assertThat(response.path("output")).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{}|input", "{'input':[]}|input", "{'input':5}|input",
        "{'input':[{'type':'web_search_call'}]}|input[0].type", "{'input':'a','max_output_tokens':0}|max_output_tokens",
        "{'input':'a','tools':[{'type':'web_search'}]}|tools[0].type",
        "{'input':'a','tool_choice':'required'}|tool_choice",
        "{'input':[{'role':'user','content':[{'type':'input_image','image_url':'x'}]}]}|input[0].content[0]",
        "{'input':'a','text':{'format':{'type':'xml'}}}|text.format.type",
        "{'input':'a','truncation':'auto'}|truncation",
        "{'input':'a','background':true,'stream':true}|background", "{'input':'a','conversation':'c'}|conversation",
        "{'input':'a','reasoning':{'effort':'huge'}}|reasoning.effort", "{'input':'a','temperature':3}|temperature",
        "{'input':'a','top_logprobs':99}|top_logprobs"})
    void wrongFieldsAreNamed(String body, String param) {
        ServiceClient.Answer answer = service.post(PATH, json(body));
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.json().path("error").path("param").asString()).as(answer.body()).isEqualTo(param);
    }

    private JsonNode awaitEnd(String id) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        JsonNode response = service.get(PATH + "/" + id).json();
        while (response.path("status").asString().equals("in_progress") && System.nanoTime() < deadline) {
            Thread.sleep(20);
            response = service.get(PATH + "/" + id).json();
        }
        return response;
    }

    private static void requireNotFound(ServiceClient.Answer answer, String message) {
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.json().path("error").path("message").asString()).isEqualTo(message);
    }

    private JsonNode post(String format, String more) {
        ServiceClient.Answer answer = service.post(PATH, json(format.formatted(more)));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private Sse stream(String format, String more) {
        ServiceClient.Answer answer = service.post(PATH, json(format.formatted(more + ",'stream':true")));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return Sse.parseNamed(answer.body());
    }

    private ServiceClient.Answer send(HttpRequest.Builder request) {
        return service.send(request);
    }

    private static String deltas(Sse stream, String type) {
        return stream.of(type).stream().map(event -> event.path("delta").asString()).collect(Collectors.joining());
    }

    private static String text(JsonNode response) {
        for (JsonNode item : response.path("output")) {
            if (item.path("type").asString().equals("message")) {
                return item.path("content").path(0).path("text").asString();
            }
        }
        return "";
    }

    private static String json(String body) {
        return body.replace("\\'", "\u0000").replace('\'', '"').replace("\u0000", "\\\"");
    }
}
