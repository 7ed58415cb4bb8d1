package io.barista.modelservice.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.openai.json.OpenAiJson;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnsupportedFieldsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"kv_transfer_params|{\"a\":1}", "echo|true",
        "modalities|[\"audio\"]", "functions|[{}]"})
    void refusesWhatWouldChangeTheAnswer(String field, String value) {
        ApiException error = catchThrowableOfType(ApiException.class, () -> checkChat(field, value));
        assertThat(error.code()).isEqualTo(ErrorCode.UNSUPPORTED_PARAMETER);
        assertThat(error.param()).isEqualTo(field);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            value = {"kv_transfer_params|{}",
                "echo|false", "modalities|[\"text\"]",
                "function_call|\"none\"", "length_penalty|2.0", "spaces_between_special_tokens|false"})
    void servesValuesThatAskForNothing(String field, String value) {
        assertThatCode(() -> checkChat(field, value)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"user", "store", "metadata", "service_tier", "prompt_cache_key", "verbosity",
        "safety_identifier", "request_id", "stream_interval", "a_field_nobody_knows"})
    void servesFieldsWithoutEffectOnTheText(String field) {
        assertThatCode(() -> checkChat(field, "{\"any\":\"value\"}")).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"suffix|\"x\"", "prompt_embeds|\"x\""})
    void refusesWhatCompletionsCannotDo(String field, String value) {
        assertThat(catchThrowableOfType(ApiException.class, () -> checkCompletion(field, value)).param())
                .isEqualTo(field);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"suffix|\"\"", "suffix|null"})
    void servesCompletionsOfClientsThatSendEverything(String field, String value) {
        assertThatCode(() -> checkCompletion(field, value)).doesNotThrowAnyException();
    }

    private static void checkChat(String field, String value) {
        UnsupportedFields.checkChat(
                new OpenAiJson().readObject("{\"%s\":%s}".formatted(field, value).getBytes(StandardCharsets.UTF_8))
                        .unread());
    }

    private static void checkCompletion(String field, String value) {
        UnsupportedFields.checkCompletion(
                new OpenAiJson().readObject("{\"%s\":%s}".formatted(field, value).getBytes(StandardCharsets.UTF_8))
                        .unread());
    }
}
