package io.barista.openai.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.barista.openai.Usage;
import io.barista.openai.chat.AssistantMessage;
import io.barista.openai.chat.ChatCompletionChunk;
import io.barista.openai.chat.ChatCompletionChunk.Delta;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorBody;
import io.barista.openai.error.ErrorCode;
import io.barista.openai.model.ModelCard;
import io.barista.openai.model.ModelList;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiJsonTest {

    private final OpenAiJson json = new OpenAiJson();

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"a\":}", "{'a':1}", "{\"a\":1}{\"b\":2}", "{\"a\":NaN}", "{\"a\":01}", "{\"a\":1,}",
        "{\"a\":\"\n\"}", "{\"a\":1,\"a\":2}", "{\"a\":{\"b\":1,\"b\":1}}", "\\u0000"})
    void refusesWhatIsNotOneJsonValue(String body) {
        assertThat(refusal(body).code()).isEqualTo(ErrorCode.INVALID_JSON);
        assertThat(refusal(body)).hasMessageNotContaining("Source").hasMessageEndingWith(")");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "3", "\"text\"", "[]", "true"})
    void refusesABodyThatIsNotAnObject(String body) {
        assertThat(refusal(body).code()).isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(refusal(body)).hasMessage("The request body must be a JSON object.");
    }

    @Test
    void refusesNestingBeyondTheLimit() {
        assertThat(refusal("{\"a\":" + "[".repeat(100_000)).code()).isEqualTo(ErrorCode.INVALID_JSON);
    }

    @Test
    void refusesNumbersLongerThanAnyoneNeeds() {
        assertThat(refusal("{\"a\":" + "9".repeat(10_000) + "}").code()).isEqualTo(ErrorCode.INVALID_JSON);
    }

    @Test
    void refusesBytesThatAreNotUtf8() {
        byte[] body = {'{', '"', 'a', '"', ':', '"', (byte) 0xC3, (byte) 0x28, '"', '}'};
        ApiException refusal = catchThrowableOfType(ApiException.class, () -> json.readObject(body));
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_JSON);
    }

    @Test
    void canAlwaysWriteTheErrorItRaised() {
        ApiException refusal = refusal("{\"\\ud800\":1,\"\\ud800\":2}");
        assertThat(new String(json.write(refusal.body()), StandardCharsets.UTF_8)).contains("invalid_json");
    }

    @Test
    void readsStringsAsLongAsABodyMayBe() {
        String text = "x".repeat(10 << 20);
        assertThat(json.readObject(bytes("{\"a\":\"" + text + "\"}")).string("a")).isEqualTo(text);
    }

    @Test
    void writesNullWhereClientsExpectTheField() {
        assertThat(written(AssistantMessage.of("assistant", null, null, List.of())))
                .isEqualTo("{\"role\":\"assistant\",\"content\":null,\"refusal\":null}");
        assertThat(written(new ErrorBody(new ErrorBody.Detail("m", "t", null, null))))
                .isEqualTo("{\"error\":{\"message\":\"m\",\"type\":\"t\",\"param\":null,\"code\":null}}");
    }

    @Test
    void writesThoughtsUnderBothNames() {
        assertThat(written(Delta.reasoning("hm"))).isEqualTo("{\"reasoning\":\"hm\",\"reasoning_content\":\"hm\"}");
    }

    @Test
    void writesAChunkThatEndsAStreamWithItsUsage() {
        assertThat(written(new ChatCompletionChunk("c", ChatCompletionChunk.OBJECT, 1, "m", List.of(),
                Usage.of(3, 4).withCachedTokens(2), "f", null)))
                .isEqualTo("{\"id\":\"c\",\"object\":\"chat.completion.chunk\","
                        + "\"created\":1,\"model\":\"m\",\"choices\":[],\"usage\":{\"prompt_tokens\":3,"
                        + "\"completion_tokens\":4,\"total_tokens\":7,\"prompt_tokens_details\":{\"cached_tokens\":2}},"
                        + "\"system_fingerprint\":\"f\"}");
    }

    @Test
    void readsItsOwnAnswersAndIgnoresWhatOthersAdd() {
        ModelList models = ModelList.of(List.of(ModelCard.of("a/b", 5, "a", 2048)));
        assertThat(json.read(json.write(models), ModelList.class)).isEqualTo(models);
        assertThat(json.read(bytes("{\"object\":\"list\",\"data\":[],\"extra\":1}"), ModelList.class).data()).isEmpty();
    }

    private ApiException refusal(String body) {
        return catchThrowableOfType(ApiException.class, () -> json.readObject(bytes(body)));
    }

    private String written(Object value) {
        return new String(json.write(value), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
