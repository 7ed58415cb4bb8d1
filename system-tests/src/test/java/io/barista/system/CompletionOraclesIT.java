package io.barista.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What vLLM's own tests expect of completions, through the gateway; docs/reference/oracles.md says which test holds which. */
class CompletionOraclesIT {

    private static final String PATH = "/v1/completions";

    private static final String FRANCE = "\"prompt\":\"The capital of France\",\"max_tokens\":5";

    private static Answer complete(String fields) {
        return Answer.to(PATH, Answer.object(FRANCE, "\"model\":\"barista-demo\",\"temperature\":0", fields));
    }

    private static Answer stream(String fields) {
        return Answer.streamed(PATH, Answer.object(FRANCE, "\"stream\":true", fields));
    }

    @Test
    void countsItsTokensExactly() {
        Answer answer = complete("\"cache_salt\":\"cold\",\"ignore_eos\":true");
        int prompt = Answer.to("/tokenize", "{\"prompt\":\"The capital of France\"}").at("/count").asInt();

        assertThat(answer.text("/choices/0/finish_reason")).isEqualTo("length");
        assertThat(answer.at("/usage/prompt_tokens").asInt()).isEqualTo(prompt);
        assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(5);
        assertThat(answer.at("/usage/total_tokens").asInt()).isEqualTo(prompt + 5);
        assertThat(answer.at("/usage/prompt_tokens_details/cached_tokens").asInt(-1)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0,1,1", "5,5,6"})
    void tellsTheTopTokensAndTheChosenOne(int asked, int least, int most) {
        JsonNode logprobs = complete("\"logprobs\":" + asked).at("/choices/0/logprobs");

        assertThat(logprobs.get("top_logprobs").valueStream())
                .allSatisfy(entry -> assertThat(entry.size()).isBetween(least, most));
        assertThat(logprobs.get("token_logprobs").valueStream())
                .allSatisfy(logprob -> assertThat(logprob.asDouble()).isBetween(-9999.0, 0.0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"logprobs\":21", "\"logprobs\":-5", "\"logprobs\":\"many\"", "\"prompt_logprobs\":-2",
        "\"stream_options\":{\"include_usage\":true}", "\"stream_options\":{\"include_usage\":false}",
        "\"stream_options\":{\"continuous_usage_stats\":true}", "\"prompt\":\"\"", "\"prompt\":[]",
        "\"prompt\":[99999]",
        "\"prompt\":[-1]", "\"n\":0", "\"n\":100000", "\"stop\":\"\"", "\"suffix\":\"x\"",
        "\"use_beam_search\":true,\"stream\":true", "\"guided_json\":{\"type\":\"nothing\"}", "\"guided_regex\":\"(\"",
        "\"guided_grammar\":\"root ::= missing\"", "\"structured_outputs\":{\"choice\":7}",
        "\"structured_outputs\":{\"regex\":\"a\",\"choice\":[\"a\"]}", "\"temperature\":-1", "\"temperature\":2.5",
        "\"top_p\":0", "\"min_tokens\":9", "\"max_tokens\":5000", "\"logit_bias\":{\"999999\":1}"})
    void refusesBeforeAnythingIsGenerated(String fields) {
        Answer answer = Answer.to(PATH, Answer.object(FRANCE, fields));

        assertThat(answer.status()).as(answer.json().toString()).isEqualTo(400);
        assertThat(answer.text("/error/param")).isNotBlank();
    }

    @Test
    void tellsThePromptsLogprobsButNotOfItsFirstToken() {
        JsonNode one = complete("\"prompt_logprobs\":1").at("/choices/0/prompt_logprobs");
        JsonNode two = complete("\"prompt_logprobs\":2").at("/choices/0/prompt_logprobs");

        assertThat(one.get(0).isNull()).isTrue();
        assertThat(IntStream.range(1, one.size()).map(i -> one.get(i).size())).allMatch(size -> size == 1 || size == 2);
        assertThat(IntStream.range(1, two.size()).map(i -> two.get(i).size())).allMatch(size -> size == 2 || size == 3);
    }

    @Test
    void echoesThePromptWithItsLogprobs() {
        Answer answer = complete("\"echo\":true,\"logprobs\":1");
        JsonNode logprobs = answer.at("/choices/0/logprobs");

        assertThat(answer.text("/choices/0/text")).startsWith("The capital of France");
        assertThat(logprobs.get("token_logprobs").get(0).isNull()).isTrue();
        assertThat(logprobs.get("top_logprobs").get(0).isNull()).isTrue();
        assertThat(logprobs.get("token_logprobs").size()).isEqualTo(logprobs.get("tokens").size())
                .isEqualTo(logprobs.get("text_offset").size()).isEqualTo(answer.at("/usage/total_tokens").asInt());
        assertThat(complete("\"echo\":true,\"max_tokens\":0").text("/choices/0/text"))
                .isEqualTo("The capital of France");
    }

    @Test
    void namesTokensByTheirIds() {
        JsonNode logprobs = complete("\"logprobs\":2,\"return_tokens_as_token_ids\":true").at("/choices/0/logprobs");

        assertThat(logprobs.get("tokens").valueStream()).allSatisfy(
                token -> assertThat(token.asString()).matches("token_id:\\d+"));
        assertThat(logprobs.get("top_logprobs").get(0).propertyNames()).allMatch(name -> name.matches("token_id:\\d+"));
    }

    @Test
    void tellsTheLogprobsOfTheTokensThatWereAskedFor() {
        JsonNode top = complete(
                "\"ignore_eos\":true,\"logprobs\":1,\"logprob_token_ids\":[11,42],\"return_tokens_as_token_ids\":true")
                .at("/choices/0/logprobs");

        assertThat(IntStream.range(0, 5)).allSatisfy(i -> assertThat(top.get("top_logprobs").get(i).propertyNames())
                .contains("token_id:11", "token_id:42", top.get("tokens").get(i).asString())
                .hasSizeLessThanOrEqualTo(3));
    }

    @Test
    void keepsTheSideOfThePromptThatIsAskedFor() {
        List<Integer> ids = List.of(10, 11, 12, 13, 14, 15, 16, 17);
        for (String side : List.of("left", "right")) {
            Answer answer = Answer.to(PATH,
                    "{\"prompt\":%s,\"max_tokens\":1,\"truncate_prompt_tokens\":4,".formatted(ids)
                            + "\"truncation_side\":\"%s\",\"return_token_ids\":true}".formatted(side));

            assertThat(answer.at("/choices/0/prompt_token_ids").valueStream().map(JsonNode::asInt))
                    .isEqualTo(side.equals("right") ? ids.subList(0, 4) : ids.subList(4, 8));
        }
    }

    @Test
    void streamsTheSameTextWithOneEndAndNoUsage() {
        String whole = complete("\"ignore_eos\":true,\"max_tokens\":40").text("/choices/0/text");
        Answer streamed = stream("\"temperature\":0,\"ignore_eos\":true,\"max_tokens\":40");

        assertThat(streamed.joined(0, "/text")).isEqualTo(whole);
        assertThat(streamed.finishReasons(0)).containsExactly("length");
        assertThat(streamed.body()).noneMatch(chunk -> chunk.hasNonNull("usage"));
    }

    @Test
    void sendsUsageLastOrWithEveryChunk() {
        Answer last = stream("\"stream_options\":{\"include_usage\":true}");
        Answer every = stream("\"stream_options\":{\"include_usage\":true,\"continuous_usage_stats\":true}");

        assertThat(last.body().getLast().get("choices").isEmpty()).isTrue();
        assertThat(last.body().getLast().get("usage").get("total_tokens").asInt()).isPositive();
        assertThat(last.body().subList(0, last.body().size() - 1)).noneMatch(chunk -> chunk.hasNonNull("usage"));
        int tokens = 0;
        for (JsonNode chunk : every.body()) {
            JsonNode usage = chunk.get("usage");
            assertThat(usage.get("completion_tokens").asInt()).isGreaterThanOrEqualTo(tokens);
            tokens = usage.get("completion_tokens").asInt();
            assertThat(usage.get("total_tokens").asInt()).isEqualTo(tokens + usage.get("prompt_tokens").asInt());
        }
        assertThat(tokens).isPositive();
    }

    @Test
    void givesSeveralAnswersInOrder() {
        String three = "\"n\":3,\"temperature\":1.5,\"seed\":11,\"max_tokens\":60";
        List<JsonNode> choices = Answer.to(PATH, "{\"prompt\":\"Tell me a story.\"," + three + "}").choices();
        Answer streamed = stream(three);

        assertThat(choices).extracting(choice -> choice.get("index").asInt()).containsExactly(0, 1, 2);
        assertThat(Set.copyOf(choices.stream().map(choice -> choice.get("text").asString()).toList()).size())
                .isGreaterThan(1);
        for (int choice = 0; choice < 3; choice++) {
            assertThat(streamed.finishReasons(choice)).hasSize(1);
        }
    }

    @Test
    void givesEqualPromptsEqualTextsWholeAndStreamed() {
        String batch = "\"prompt\":[\"The capital of France\",\"The capital of France\"],\"temperature\":0,\"max_tokens\":5";
        List<JsonNode> whole = Answer.to(PATH, "{" + batch + "}").choices();
        Answer streamed = Answer.streamed(PATH, "{" + batch + ",\"stream\":true}");

        assertThat(whole.get(0).get("text")).isEqualTo(whole.get(1).get("text"));
        assertThat(streamed.body()).allMatch(chunk -> chunk.get("choices").size() == 1);
        assertThat(streamed.joined(0, "/text")).isEqualTo(streamed.joined(1, "/text"))
                .isEqualTo(whole.get(0).get("text").asString());
    }

    @Test
    void givesTheBeamsOfABatchPromptByPrompt() {
        List<String> texts = new ArrayList<>();
        Answer.to(PATH,
                """
                        {"prompt":["The capital of France","The capital of France"],"n":2,"use_beam_search":true,"temperature":0,
                         "max_tokens":5}""")
                .choices().forEach(choice -> texts.add(choice.get("text").asString()));

        assertThat(texts).hasSize(4);
        assertThat(texts.get(0)).isNotEqualTo(texts.get(1)).isEqualTo(texts.get(2));
        assertThat(texts.get(1)).isEqualTo(texts.get(3));
    }

    @Test
    void endsByLengthExactlyWhenAllTokensWereUsed() {
        for (String path : List.of(PATH, "/v1/chat/completions")) {
            String input = path.equals(PATH)
                    ? "\"prompt\":\"What is 12 + 7?\""
                    : "\"messages\":[{\"role\":\"user\",\"content\":\"What is 12 + 7?\"}]";
            for (int most : new int[]{1, 40}) {
                Answer answer = Answer.to(path, "{%s,\"max_tokens\":%d,\"temperature\":0}".formatted(input, most));
                int tokens = answer.at("/usage/completion_tokens").asInt();

                assertThat(tokens).isLessThanOrEqualTo(most);
                assertThat(answer.text("/choices/0/finish_reason").equals("length")).isEqualTo(tokens == most);
            }
        }
    }

    @Test
    void drawsItsAnswersFromWhatIsStructured() {
        assertThat(complete("\"structured_outputs\":{\"choice\":[\"red\",\"green\"]},\"max_tokens\":10")
                .text("/choices/0/text")).isIn("red", "green");
        assertThat(complete("\"guided_regex\":\"[0-9]{3}-[a-z]{2}\",\"max_tokens\":10").text("/choices/0/text"))
                .matches("[0-9]{3}-[a-z]{2}");
        String json = complete("\"guided_json\":{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\","
                + "\"maximum\":99,\"minimum\":0}},\"required\":[\"n\"],\"additionalProperties\":false},\"max_tokens\":60,\"logprobs\":1")
                .text("/choices/0/text");
        assertThat(Suite.JSON.readTree(json).get("n").asInt()).isBetween(0, 99);
    }
}
