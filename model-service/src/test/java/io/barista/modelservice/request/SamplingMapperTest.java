package io.barista.modelservice.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.barista.engine.SamplingParams;
import io.barista.modelservice.engine.SamplingDefaults;
import io.barista.openai.SamplingFields;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.openai.json.OpenAiJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SamplingMapperTest {

    private final SamplingMapper mapper = new SamplingMapper(new SamplingDefaults(0.6, 0.9, 20, 0.05, 1.1, null), 100);

    @Test
    void takesTheModelsRecommendationWhereTheRequestIsSilent() {
        SamplingParams params = map("{}");
        assertThat(params.temperature()).isEqualTo(0.6);
        assertThat(params.topP()).isEqualTo(0.9);
        assertThat(params.topK()).isEqualTo(20);
        assertThat(params.minP()).isEqualTo(0.05);
        assertThat(params.repetitionPenalty()).isEqualTo(1.1);
        assertThat(params.n()).isEqualTo(1);
        assertThat(params.seed()).isNull();
        assertThat(params.skipSpecialTokens()).isTrue();
    }

    @Test
    void prefersWhatTheRequestSays() {
        SamplingParams params = map("""
                {"temperature":0,"top_p":1,"top_k":-1,"min_p":0,"repetition_penalty":1,"seed":-5,"min_tokens":2,
                 "stop":["a","b"],"stop_token_ids":[99],"ignore_eos":true,"include_stop_str_in_output":true,
                 "presence_penalty":-2,"frequency_penalty":2,"skip_special_tokens":false}""");
        assertThat(params).isEqualTo(SamplingParams.greedy(10).minTokens(2).topK(-1).presencePenalty(-2)
                .frequencyPenalty(2).seed(-5L).stop(List.of("a", "b")).stopTokenIds(List.of(99))
                .includeStopString(true).ignoreEos(true).skipSpecialTokens(false).build());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"temperature|-1", "temperature|2.1", "top_p|0", "top_p|1.1", "top_k|-2",
        "min_p|-0.1", "min_p|1.1", "presence_penalty|2.1", "presence_penalty|-2.1", "frequency_penalty|3",
        "repetition_penalty|0", "min_tokens|-1", "min_tokens|11", "stop|\"\"", "stop|[\"a\",\"\"]",
        "stop_token_ids|[100]", "stop_token_ids|[-1]", "seed|9223372036854775808"})
    void namesTheFieldThatIsOutOfRange(String field, String value) {
        ApiException error = catchThrowableOfType(ApiException.class,
                () -> map("{\"%s\":%s}".formatted(field, value)));
        assertThat(error.code()).isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(error.param()).isEqualTo(field);
        assertThat(error).hasMessageContaining(field);
    }

    @Test
    void raisesATemperatureThatWouldOverflow() {
        assertThat(map("{\"temperature\":0.0001}").temperature()).isEqualTo(0.01);
    }

    @Test
    void servesSeveralGreedyAnswers() {
        assertThat(SamplingMapper.samples(fields("{\"temperature\":0,\"n\":2}"))).isEqualTo(2);
    }

    @Test
    void generatesAsManyAnswersAsTheBestAreOf() {
        assertThat(SamplingMapper.samples(fields("{\"n\":2}"), 5)).isEqualTo(5);
        assertThat(SamplingMapper.samples(fields("{\"n\":2}"), null)).isEqualTo(2);
        assertThat(catchThrowableOfType(ApiException.class, () -> SamplingMapper.samples(fields("{\"n\":2}"), 1))
                .param()).isEqualTo("best_of");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 129})
    void namesANumberOfAnswersThatIsOutOfRange(int n) {
        assertThat(catchThrowableOfType(ApiException.class,
                () -> SamplingMapper.samples(fields("{\"n\":%d}".formatted(n)))).param()).isEqualTo("n");
    }

    @Test
    void clampsBiasesAndTakesTheirKeysAsTokenIds() {
        assertThat(map("{\"logit_bias\":{\"5\":250,\"7\":\"-1.5\",\"8\":null}}").logitBias())
                .isEqualTo(Map.of(5, 100f, 7, -1.5f));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"logit_bias|{\"x\":1}", "logit_bias|{\"100\":1}", "logit_bias|[1]",
        "allowed_token_ids|[]", "allowed_token_ids|[100]", "allowed_token_ids|[-1]", "bad_words|[\"\"]"})
    void refusesRulesAboutTokensThatDoNotExist(String field, String value) {
        assertThat(catchThrowableOfType(ApiException.class, () -> map("{\"%s\":%s}".formatted(field, value))).param())
                .isEqualTo(field);
    }

    @Test
    void searchesWithBeamsWhenAsked() {
        assertThat(map("{\"use_beam_search\":true,\"length_penalty\":0.5,\"early_stopping\":true}").beams())
                .isEqualTo(new SamplingParams.Beams(0.5, true));
        assertThat(map("{\"length_penalty\":0.5}").beams()).isNull();
    }

    private static SamplingFields fields(String json) {
        return SamplingFields.read(new OpenAiJson().readObject(json.getBytes(StandardCharsets.UTF_8)));
    }

    private SamplingParams map(String json) {
        return mapper.map(fields(json), 10, 1, null, null);
    }
}
