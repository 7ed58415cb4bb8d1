package io.barista.modelservice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class ChatHttpTest extends AbstractDemoTest {

    private static final String QUESTION = "\"messages\":[{\"role\":\"user\",\"content\":\"What is 12 + 7?\"}]";
    private static final String PATH = "/v1/chat/completions";

    @Test
    void answersASum() {
        JsonNode answer = post("");
        JsonNode choice = answer.path("choices").path(0);
        assertThat(choice.path("message").path("content").asString()).contains("19");
        assertThat(choice.path("message").path("role").asString()).isEqualTo("assistant");
        assertThat(choice.path("finish_reason").asString()).isEqualTo("stop");
        assertThat(choice.path("stop_reason").isNull()).isTrue();
        assertThat(answer.path("object").asString()).isEqualTo("chat.completion");
        assertThat(answer.path("model").asString()).isEqualTo("barista-demo");
        assertThat(answer.path("id").asString()).startsWith("chatcmpl-");
        assertThat(answer.path("system_fingerprint").asString()).startsWith("barista-");
        JsonNode usage = answer.path("usage");
        assertThat(usage.path("total_tokens").asInt())
                .isEqualTo(usage.path("prompt_tokens").asInt() + usage.path("completion_tokens").asInt());
    }

    @Test
    void streamsTheSameTextThatItAnswersWhole() {
        String whole = post("").path("choices").path(0).path("message").path("content").asString();
        Sse stream = stream("");
        assertThat(stream.joined("content")).isEqualTo(whole);
        assertThat(stream.finishReasons(0)).containsExactly("stop");
        assertThat(stream.events().size()).as("token by token").isGreaterThan(4);
        JsonNode first = stream.events().getFirst().path("choices").path(0).path("delta");
        assertThat(first.path("role").asString()).isEqualTo("assistant");
        assertThat(stream.events()).allMatch(event -> !event.has("usage"));
        assertThat(stream.events()).allMatch(event -> event.path("choices").size() == 1);
    }

    @Test
    void sendsUsageLastWhenAsked() {
        Sse stream = stream(",\"stream_options\":{\"include_usage\":true}");
        JsonNode last = stream.events().getLast();
        assertThat(last.path("choices")).isEmpty();
        assertThat(last.path("usage").path("completion_tokens").asInt()).isPositive();
        assertThat(stream.events().subList(0, stream.events().size() - 1)).allMatch(event -> !event.has("usage"));
    }

    @Test
    void sendsGrowingUsageWithEveryChunkWhenAsked() {
        Sse stream = stream(",\"stream_options\":{\"include_usage\":true,\"continuous_usage_stats\":true}");
        List<Integer> counts = stream.events().stream()
                .map(event -> event.path("usage").path("completion_tokens").asInt()).toList();
        assertThat(counts).isSorted();
        assertThat(stream.events()).allMatch(event -> event.path("usage").path("total_tokens").asInt() == event
                .path("usage").path("prompt_tokens").asInt() + event.path("usage").path("completion_tokens").asInt());
    }

    @Test
    void stopsAtMaxTokens() {
        JsonNode answer = post(",\"max_tokens\":1");
        assertThat(answer.path("choices").path(0).path("finish_reason").asString()).isEqualTo("length");
        assertThat(answer.path("usage").path("completion_tokens").asInt()).isEqualTo(1);
    }

    @Test
    void readsNumbersSentAsStrings() {
        JsonNode answer = post(",\"max_tokens\":\"2\",\"temperature\":\"0.7\",\"seed\":\"5\"");
        assertThat(answer.path("usage").path("completion_tokens").asInt()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"0", "5"})
    void givesAsManyLogprobsAsAsked(int top) {
        JsonNode choice = post(",\"logprobs\":true,\"top_logprobs\":" + top).path("choices").path(0);
        JsonNode content = choice.path("logprobs").path("content");
        assertThat(content.size()).isPositive();
        StringBuilder text = new StringBuilder();
        for (JsonNode entry : content) {
            assertThat(entry.path("top_logprobs").size()).isEqualTo(top);
            assertThat(entry.path("logprob").asDouble()).isBetween(-9999.0, 0.0);
            assertThat(entry.path("bytes").size())
                    .isEqualTo(entry.path("token").asString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length);
            text.append(entry.path("token").asString());
        }
        assertThat(text.toString()).startsWith(choice.path("message").path("content").asString());
    }

    @Test
    void streamsAsManyLogprobsAsItAnswersWhole() {
        String logprobs = ",\"logprobs\":true,\"top_logprobs\":2";
        JsonNode whole = post(logprobs).path("choices").path(0).path("logprobs").path("content");
        int streamed = stream(logprobs).events().stream()
                .mapToInt(event -> event.path("choices").path(0).path("logprobs").path("content").size()).sum();
        assertThat(streamed).isEqualTo(whole.size());
    }

    @Test
    void givesEqualGreedyAnswers() {
        JsonNode choices = post(",\"n\":3,\"temperature\":0").path("choices");
        assertThat(choices.size()).isEqualTo(3);
        for (int i = 0; i < 3; i++) {
            assertThat(choices.path(i).path("index").asInt()).isEqualTo(i);
            assertThat(choices.path(i).path("message")).isEqualTo(choices.path(0).path("message"));
        }
    }

    @Test
    void streamsSeveralAnswersEachWithItsRoleAndItsEnd() {
        Sse stream = stream(",\"n\":2,\"temperature\":0,\"stream_options\":{\"include_usage\":true}");
        assertThat(stream.finishReasons(0)).containsExactly("stop");
        assertThat(stream.finishReasons(1)).containsExactly("stop");
        assertThat(stream.events().stream()
                .filter(event -> event.path("choices").path(0).path("delta").has("role"))).hasSize(2);
    }

    @Test
    void drawsTheSameTextFromTheSameSeed() {
        String sampled = ",\"temperature\":1.5,\"seed\":42,\"max_tokens\":20,\"ignore_eos\":true";
        assertThat(post(sampled).path("choices").path(0).path("message"))
                .isEqualTo(post(sampled).path("choices").path(0).path("message"));
    }

    @Test
    void namesTheStopStringThatEndedTheText() {
        JsonNode choice = post(",\"stop\":[\"19\"]").path("choices").path(0);
        assertThat(choice.path("finish_reason").asString()).isEqualTo("stop");
        assertThat(choice.path("stop_reason").asString()).isEqualTo("19");
        assertThat(choice.path("message").path("content").asString()).doesNotContain("19");
    }

    @Test
    void givesTokenIdsOnRequest() {
        JsonNode answer = post(",\"return_token_ids\":true");
        assertThat(answer.path("prompt_token_ids").size())
                .isEqualTo(answer.path("usage").path("prompt_tokens").asInt());
        assertThat(answer.path("choices").path(0).path("token_ids").size())
                .isEqualTo(answer.path("usage").path("completion_tokens").asInt());
    }

    @Test
    void needsNoModelNameAndTakesAnAlias() {
        assertThat(service.post(PATH, "{" + QUESTION + "}").status()).isEqualTo(200);
        assertThat(service.post(PATH, "{\"model\":\"org/alias\"," + QUESTION + "}").status()).isEqualTo(200);
    }

    @Test
    void repeatsTheRequestIdOfTheClient() {
        ServiceClient.Answer answer = service.send(service.request(PATH).header("x-request-id", "mine-1")
                .header("Content-Type", "application/json")
                .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{" + QUESTION + "}")));
        assertThat(answer.header("x-request-id")).isEqualTo("mine-1");
        assertThat(answer.json().path("id").asString()).isEqualTo("chatcmpl-mine-1");
        assertThat(service.get("/version").header("x-request-id")).hasSize(36);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"\"temperature\":-1|temperature", "\"top_logprobs\":-1|top_logprobs",
        "\"logprobs\":true,\"top_logprobs\":21|top_logprobs", "\"top_logprobs\":2|top_logprobs",
        "\"stream_options\":{\"include_usage\":true}|stream_options", "\"max_tokens\":0|max_tokens",
        "\"max_tokens\":5000|input_tokens", "\"tools\":[]|tools", "\"tool_choice\":\"auto\"|tool_choice",
        "\"stop\":[\"\"]|stop", "\"reasoning_effort\":\"huge\"|reasoning_effort",
        "\"logit_bias\":{\"99999\":5}|logit_bias",
        "\"response_format\":{\"type\":\"xml\"}|response_format.type", "\"temperature\":\"hot\"|temperature",
        "\"continue_final_message\":true|continue_final_message", "\"chat_template\":\"x\"|chat_template"})
    void namesTheFieldAtFault(String field, String param) {
        ServiceClient.Answer answer = service.post(PATH, "{" + QUESTION + "," + field + "}");
        assertThat(answer.status()).isEqualTo(400);
        JsonNode error = answer.json().path("error");
        assertThat(error.path("param").asString()).isEqualTo(param);
        assertThat(error.path("message").asString()).isNotEmpty();
        assertThat(error.path("type").asString()).isEqualTo("invalid_request_error");
        assertThat(error.has("code")).isTrue();
    }

    @Test
    void tellsBeforeAnyEventThatAModelDoesNotExist() {
        ServiceClient.Answer answer = service.post(PATH, "{\"model\":\"nope\",\"stream\":true," + QUESTION + "}");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.header("content-type")).startsWith("application/json");
        assertThat(answer.json().path("error").path("code").asString()).isEqualTo("model_not_found");
        assertThat(answer.json().path("error").path("message").asString())
                .isEqualTo("The model `nope` does not exist.");
    }

    @Test
    void sendsTheHeadersOfAStream() {
        ServiceClient.Answer answer = service.post(PATH, "{\"stream\":true," + QUESTION + "}");
        assertThat(answer.header("content-type")).startsWith("text/event-stream");
        assertThat(answer.header("cache-control")).isEqualTo("no-cache");
        assertThat(answer.header("x-accel-buffering")).isEqualTo("no");
    }

    private JsonNode post(String more) {
        ServiceClient.Answer answer = service.post(PATH, "{\"model\":\"barista-demo\"," + QUESTION + more + "}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private Sse stream(String more) {
        ServiceClient.Answer answer = service.post(PATH, "{\"stream\":true," + QUESTION + more + "}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return Sse.parse(answer.body());
    }
}
