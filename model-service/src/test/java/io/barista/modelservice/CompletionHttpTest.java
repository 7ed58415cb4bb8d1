package io.barista.modelservice;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class CompletionHttpTest extends AbstractDemoTest {

    private static final String PATH = "/v1/completions";

    @Test
    void writesSixteenTokensWhenNotToldHowMany() {
        JsonNode answer = post("\"prompt\":\"The capital of France\",\"ignore_eos\":true");
        assertThat(answer.path("object").asString()).isEqualTo("text_completion");
        assertThat(answer.path("id").asString()).startsWith("cmpl-");
        assertThat(answer.path("usage").path("completion_tokens").asInt()).isEqualTo(16);
        assertThat(answer.path("choices").path(0).path("finish_reason").asString()).isEqualTo("length");
    }

    @Test
    void streamsTheSameTextThatItAnswersWhole() {
        String request = "\"prompt\":\"Once upon a time\",\"max_tokens\":24,\"ignore_eos\":true";
        String whole = post(request).path("choices").path(0).path("text").asString();
        Sse stream = stream(request + ",\"stream_options\":{\"include_usage\":true}");
        assertThat(stream.text(0)).isEqualTo(whole);
        assertThat(stream.finishReasons(0)).containsExactly("length");
        assertThat(stream.events().getLast().path("usage").path("completion_tokens").asInt()).isEqualTo(24);
    }

    @Test
    void numbersAnswersPromptByPrompt() {
        JsonNode choices = post("\"prompt\":[\"One\",\"Two\",\"One\"],\"n\":2,\"temperature\":0").path("choices");
        assertThat(choices.size()).isEqualTo(6);
        for (int i = 0; i < 6; i++) {
            assertThat(choices.path(i).path("index").asInt()).isEqualTo(i);
        }
        assertThat(choices.path(0).path("text")).isEqualTo(choices.path(1).path("text"))
                .isEqualTo(choices.path(4).path("text"));
        assertThat(choices.path(2).path("text")).isNotEqualTo(choices.path(0).path("text"));
    }

    @Test
    void streamsABatchOneChoiceAChunk() {
        String request = "\"prompt\":[\"One\",\"Two\"],\"temperature\":0,\"max_tokens\":6";
        JsonNode whole = post(request).path("choices");
        Sse stream = stream(request);
        assertThat(stream.events()).allMatch(event -> event.path("choices").size() == 1);
        assertThat(stream.text(0)).isEqualTo(whole.path(0).path("text").asString());
        assertThat(stream.text(1)).isEqualTo(whole.path(1).path("text").asString());
        assertThat(stream.finishReasons(0)).hasSize(1);
        assertThat(stream.finishReasons(1)).hasSize(1);
    }

    @Test
    void takesTokenIdsForText() {
        JsonNode text = post("\"prompt\":\"The capital\",\"return_token_ids\":true");
        String ids = text.path("choices").path(0).path("prompt_token_ids").toString();
        assertThat(post("\"prompt\":" + ids).path("choices").path(0).path("text"))
                .isEqualTo(text.path("choices").path(0).path("text"));
        assertThat(post("\"prompt\":[" + ids + "," + ids + "]").path("choices").size()).isEqualTo(2);
    }

    @Test
    void putsThePromptBeforeItsAnswer() {
        String plain = post("\"prompt\":\"The capital of\",\"max_tokens\":4").path("choices").path(0).path("text")
                .asString();
        JsonNode echoed = post("\"prompt\":\"The capital of\",\"max_tokens\":4,\"echo\":true");
        assertThat(echoed.path("choices").path(0).path("text").asString()).isEqualTo("The capital of" + plain);
        assertThat(stream("\"prompt\":\"The capital of\",\"max_tokens\":4,\"echo\":true").text(0))
                .isEqualTo("The capital of" + plain);
    }

    @Test
    void givesThePromptAloneWhenNoTokenIsWanted() {
        JsonNode answer = post("\"prompt\":\"The capital of\",\"max_tokens\":0,\"echo\":true");
        assertThat(answer.path("choices").path(0).path("text").asString()).isEqualTo("The capital of");
        assertThat(answer.path("usage").path("completion_tokens").asInt()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0,1,1", "5,5,6"})
    void givesTheTopTokensAndTheChosenOne(int logprobs, int least, int most) {
        JsonNode choice = post("\"prompt\":\"The capital\",\"max_tokens\":5,\"temperature\":0,\"logprobs\":" + logprobs)
                .path("choices")
                .path(0);
        JsonNode logs = choice.path("logprobs");
        assertThat(logs.path("tokens").size()).isEqualTo(logs.path("text_offset").size())
                .isEqualTo(logs.path("token_logprobs").size());
        for (JsonNode top : logs.path("top_logprobs")) {
            assertThat(top.size()).isBetween(least, most);
        }
        assertThat(logs.path("text_offset").path(1).asInt()).isEqualTo(logs.path("tokens").path(0).asString().length());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"\"prompt\":\"\"|prompt", "\"prompt\":[]|prompt", "\"prompt\":[[]]|prompt",
        "\"prompt\":[99999]|prompt", "\"prompt\":[-1]|prompt", "\"max_tokens\":5|prompt",
        "\"prompt\":\"a\",\"max_tokens\":0|max_tokens", "\"prompt\":\"a\",\"logprobs\":21|logprobs",
        "\"prompt\":\"a\",\"logprobs\":-1|logprobs", "\"prompt\":\"a\",\"suffix\":\"b\"|suffix",
        "\"prompt\":\"a\",\"n\":3,\"best_of\":2|best_of", "\"prompt\":\"a\",\"max_tokens\":2048|input_tokens",
        "\"prompt\":\"a\",\"stream_options\":{}|stream_options", "\"prompt\":\"a\",\"n\":-1|n"})
    void namesTheFieldAtFault(String body, String param) {
        ServiceClient.Answer answer = service.post(PATH, "{" + body + "}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.json().path("error").path("param").asString()).isEqualTo(param);
    }

    private JsonNode post(String body) {
        ServiceClient.Answer answer = service.post(PATH, "{" + body + "}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private Sse stream(String body) {
        ServiceClient.Answer answer = service.post(PATH, "{\"stream\":true," + body + "}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return Sse.parse(answer.body());
    }
}
