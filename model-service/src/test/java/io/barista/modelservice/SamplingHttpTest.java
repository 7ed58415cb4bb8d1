package io.barista.modelservice;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** vLLM's and OpenAI's sampling fields, as a client sees what they do. */
class SamplingHttpTest extends AbstractDemoTest {

    private static final String PATH = "/v1/completions";
    private static final String PROMPT = "\"prompt\":\"The capital of France\",\"temperature\":0,\"max_tokens\":6,"
            + "\"ignore_eos\":true,\"return_token_ids\":true";

    @Test
    void aBiasBringsATokenAndForbidsIt() {
        int first = ids(post(PROMPT)).getFirst();
        int other = first == 100 ? 101 : 100;

        assertThat(ids(post(PROMPT + ",\"logit_bias\":{\"%d\":100}".formatted(other)))).containsOnly(other);
        assertThat(ids(post(PROMPT + ",\"logit_bias\":{\"%d\":-100}".formatted(first)))).doesNotContain(first);
    }

    @Test
    void onlyAllowedTokensCome() {
        assertThat(ids(post(PROMPT + ",\"allowed_token_ids\":[200,201,202]"))).isSubsetOf(200, 201, 202);
    }

    @Test
    void badWordsDoNotCome() {
        String text = text(post(PROMPT));
        String word = text.strip().split("\\s+")[0];

        assertThat(text(post(PROMPT + ",\"bad_words\":[\"%s\"]".formatted(word)))).doesNotStartWith(" " + word)
                .isNotEqualTo(text);
    }

    @Test
    void theBestOfSeveralAnswersAreGivenBestFirst() {
        String request = "\"prompt\":\"Once\",\"temperature\":1.3,\"seed\":7,\"max_tokens\":8,\"ignore_eos\":true,"
                + "\"logprobs\":0";
        List<Double> all = means(post(request + ",\"n\":6"));
        JsonNode best = post(request + ",\"n\":2,\"best_of\":6");

        assertThat(means(best)).hasSize(2)
                .containsExactlyElementsOf(all.stream().sorted((a, b) -> Double.compare(b, a)).limit(2).toList());
        assertThat(best.path("usage").path("completion_tokens").asInt()).isEqualTo(48);
        assertThat(best.path("choices").path(1).path("index").asInt()).isEqualTo(1);
    }

    @Test
    void theSamplesOfARequestComputeItsPromptOnce() {
        String prompt = "A prompt like no other, of more than one block: " + System.nanoTime()
                + ", to be computed once.";
        double before = model.engine().stats().prefixCacheHits();
        post("\"prompt\":\"%s\",\"n\":4,\"max_tokens\":2".formatted(prompt));

        int tokens = model.tokenizer().encode(prompt, true).length;
        assertThat(model.engine().stats().prefixCacheHits() - before).isEqualTo(3.0 * ((tokens - 1) / 16) * 16);
    }

    @Test
    void beamsFindAnswersAtLeastAsProbableAsTheGreedyOne() {
        String request = "\"prompt\":\"Once upon\",\"max_tokens\":6,\"temperature\":0,\"ignore_eos\":true,\"logprobs\":1";
        double greedy = sum(post(request).path("choices").path(0));
        JsonNode beams = post(request + ",\"use_beam_search\":true,\"n\":3");

        assertThat(beams.path("choices").size()).isEqualTo(3);
        assertThat(sum(beams.path("choices").path(0))).isGreaterThanOrEqualTo(greedy - 1e-4);
        assertThat(sum(beams.path("choices").path(1))).isLessThanOrEqualTo(sum(beams.path("choices").path(0)));
        assertThat(text(beams)).isNotEqualTo(beams.path("choices").path(1).path("text").asString());
        assertThat(beams.path("usage").path("completion_tokens").asInt()).isEqualTo(18);
    }

    @Test
    void equalPromptsHaveEqualBeams() {
        JsonNode choices = post(
                "\"prompt\":[\"One two\",\"One two\"],\"use_beam_search\":true,\"n\":2,\"max_tokens\":4")
                .path("choices");

        assertThat(choices.size()).isEqualTo(4);
        assertThat(choices.path(0).path("text")).isEqualTo(choices.path(2).path("text"))
                .isNotEqualTo(choices.path(1).path("text"));
        assertThat(choices.path(1).path("text")).isEqualTo(choices.path(3).path("text"));
    }

    @Test
    void tellsTheLogprobsOfThePromptByTokenId() {
        JsonNode choice = post("\"prompt\":\"The capital of France\",\"max_tokens\":1,\"prompt_logprobs\":2,"
                + "\"return_token_ids\":true").path("choices").path(0);
        JsonNode prompt = choice.path("prompt_logprobs");

        assertThat(prompt.size()).isEqualTo(choice.path("prompt_token_ids").size());
        assertThat(prompt.path(0).isNull()).isTrue();
        for (int i = 1; i < prompt.size(); i++) {
            JsonNode own = prompt.path(i).path(choice.path("prompt_token_ids").path(i).asString());
            assertThat(own.path("logprob").asDouble()).isNegative();
            assertThat(prompt.path(i).size()).isEqualTo(own.path("rank").asInt() <= 2 ? 2 : 3);
        }
    }

    @Test
    void chatsTellTheLogprobsOfTheirPromptsToo() {
        JsonNode answer = service.post("/v1/chat/completions", """
                {"messages":[{"role":"user","content":"Hi"}],"max_tokens":1,"prompt_logprobs":0}""").json();

        assertThat(answer.path("prompt_logprobs").size()).isEqualTo(answer.path("usage").path("prompt_tokens").asInt());
        assertThat(answer.path("prompt_logprobs").path(1).size()).isEqualTo(1);
    }

    @Test
    void anEchoHasThePromptsLogprobsBeforeTheAnswers() {
        String request = "\"prompt\":\"The capital of France\",\"max_tokens\":3,\"echo\":true,\"logprobs\":2,"
                + "\"return_token_ids\":true,\"ignore_eos\":true";
        JsonNode choice = post(request).path("choices").path(0);
        JsonNode logprobs = choice.path("logprobs");
        int tokens = choice.path("prompt_token_ids").size() + 3;

        assertThat(choice.path("text").asString()).startsWith("The capital of France");
        assertThat(logprobs.path("tokens").size()).isEqualTo(tokens);
        assertThat(logprobs.path("text_offset").size()).isEqualTo(tokens);
        assertThat(logprobs.path("token_logprobs").path(0).isNull()).isTrue();
        assertThat(logprobs.path("top_logprobs").path(0).isNull()).isTrue();
        assertThat(logprobs.path("token_logprobs").path(1).asDouble()).isNegative();
        assertThat(String.join("", strings(logprobs.path("tokens")))).isEqualTo(choice.path("text").asString());

        Sse stream = Sse.parse(service.post(PATH, "{\"stream\":true,%s}".formatted(request)).body());
        assertThat(stream.events().stream()
                .mapToInt(event -> event.path("choices").path(0).path("logprobs").path("tokens").size()).sum())
                .isEqualTo(tokens);
    }

    @Test
    void saltsKeepPrefixesApart() {
        String request = "\"prompt\":\"%s a prompt of two blocks at least, so that there is something to be shared with others\""
                .formatted(System.nanoTime());
        assertThat(cached(post(request + ",\"cache_salt\":\"one\""))).isZero();
        assertThat(cached(post(request + ",\"cache_salt\":\"two\""))).isZero();
        assertThat(cached(post(request))).isZero();
        assertThat(cached(post(request + ",\"cache_salt\":\"one\""))).isPositive();
    }

    @Test
    void truncatesAPromptInsteadOfRefusingIt() {
        String words = "word ".repeat(3000);
        assertThat(service.post(PATH, "{\"prompt\":\"%s\"}".formatted(words)).status()).isEqualTo(400);
        JsonNode answer = post("\"prompt\":\"%s\",\"truncate_prompt_tokens\":7".formatted(words));
        assertThat(answer.path("usage").path("prompt_tokens").asInt()).isEqualTo(7);
        assertThat(
                post("\"prompt\":\"%s\",\"truncate_prompt_tokens\":-1,\"max_tokens\":1".formatted(words)).path("usage")
                        .path("total_tokens").asInt())
                .isEqualTo(model.maxModelLen());
    }

    @Test
    void endsARequestWhoseTimeIsUp() {
        HttpRequest.Builder request = service.request(PATH).header("Content-Type", "application/json")
                .header("x-request-timeout-seconds", "0.05").POST(HttpRequest.BodyPublishers
                        .ofString("{\"prompt\":\"Once\",\"max_tokens\":2000,\"ignore_eos\":true}"));
        ServiceClient.Answer answer = service.send(request);

        assertThat(answer.status()).isEqualTo(408);
        assertThat(answer.json().path("error").path("code").asString()).isEqualTo("request_timeout");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"\"priority\":1|priority", "\"cache_salt\":\"\"|cache_salt",
        "\"stream\":true,\"prompt_logprobs\":1|prompt_logprobs", "\"prompt_logprobs\":-2|prompt_logprobs",
        "\"prompt_logprobs\":21|prompt_logprobs", "\"logprobs\":-1|logprobs", "\"stream\":true,\"best_of\":2|best_of",
        "\"stream\":true,\"use_beam_search\":true,\"n\":2|stream", "\"allowed_token_ids\":[]|allowed_token_ids",
        "\"logit_bias\":{\"no\":1}|logit_bias", "\"truncate_prompt_tokens\":0|truncate_prompt_tokens"})
    void namesTheFieldItCannotServe(String field, String param) {
        ServiceClient.Answer answer = service.post(PATH, "{\"prompt\":\"Hi\",%s}".formatted(field));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("error").path("param").asString()).isEqualTo(param);
    }

    private JsonNode post(String fields) {
        ServiceClient.Answer answer = service.post(PATH, "{%s}".formatted(fields));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private static String text(JsonNode answer) {
        return answer.path("choices").path(0).path("text").asString();
    }

    private static List<Integer> ids(JsonNode answer) {
        List<Integer> ids = new ArrayList<>();
        answer.path("choices").path(0).path("token_ids").forEach(id -> ids.add(id.asInt()));
        return ids;
    }

    private static List<String> strings(JsonNode array) {
        return array.valueStream().map(JsonNode::asString).toList();
    }

    private static double sum(JsonNode choice) {
        return choice.path("logprobs").path("token_logprobs").valueStream().mapToDouble(JsonNode::asDouble).sum();
    }

    private static List<Double> means(JsonNode answer) {
        return answer.path("choices").valueStream().map(choice -> sum(choice) / 8).toList();
    }

    private static int cached(JsonNode answer) {
        return answer.path("usage").path("prompt_tokens_details").path("cached_tokens").asInt();
    }
}
