package io.barista.openai.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonFieldsTest {

    @ParameterizedTest
    @ValueSource(strings = {"256", "\"256\"", "256.0", "\" 256 \"", "2.56e2", "\"256.0\""})
    void readsIntegersHoweverTheyAreSpelled(String spelling) {
        assertThat(fields("{\"v\":" + spelling + "}").integer("v")).isEqualTo(256);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.7", "\"0.7\"", "7e-1", "\"7E-1\""})
    void readsNumbersHoweverTheyAreSpelled(String spelling) {
        assertThat(fields("{\"v\":" + spelling + "}").number("v")).isEqualTo(0.7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.5", "\"x\"", "\"\"", "true", "[]", "{}", "1e400", "1e999999999", "-1e999999999",
        "9223372036854775808", "-9223372036854775809", "\"1e999999999\"", "\"NaN\"", "\"0x10\""})
    void refusesWhatIsNoInt64(String value) {
        assertThatThrownBy(() -> fields("{\"v\":" + value + "}").int64("v")).isInstanceOf(ApiException.class)
                .hasMessageContaining("'v'");
    }

    @Test
    void readsTheEndsOfInt64() {
        assertThat(fields("{\"v\":9223372036854775807}").int64("v")).isEqualTo(Long.MAX_VALUE);
        assertThat(fields("{\"v\":-9223372036854775808}").int64("v")).isEqualTo(Long.MIN_VALUE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999", "\"Infinity\"", "\"NaN\"", "\"-inf\"", "false", "[1]"})
    void refusesWhatIsNoFiniteNumber(String value) {
        assertThatThrownBy(() -> fields("{\"v\":" + value + "}").number("v")).isInstanceOf(ApiException.class);
    }

    @Test
    void takesNullForAbsent() {
        JsonFields fields = fields("{\"v\":null}");
        assertThat(fields.number("v")).isNull();
        assertThat(fields.string("v")).isNull();
        assertThat(fields.strings("v")).isEmpty();
        assertThat(fields.flag("v", true)).isTrue();
        assertThat(fields.unread()).isEmpty();
    }

    @Test
    void namesTheFieldAtFaultByItsPath() {
        JsonFields message = fields("{\"messages\":[{},{\"role\":7}]}").required("messages").elements().get(1)
                .asFields();
        ApiException error = catchThrowableOfType(ApiException.class, () -> message.requiredString("role"));
        assertThat(error.param()).isEqualTo("messages[1].role");
        assertThat(error.code()).isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(error).hasMessage("Invalid type for 'messages[1].role': expected a string, but got 7.");
    }

    @Test
    void refusesNullInsideAList() {
        assertThatThrownBy(() -> fields("{\"stop\":[\"a\",null]}").strings("stop"))
                .isInstanceOf(ApiException.class).hasMessageContaining("stop[1]");
    }

    @Test
    void refusesHalfASurrogatePairWhereverItStands() {
        assertThatThrownBy(() -> fields("{\"v\":\"a\\ud83d\"}").string("v")).hasMessageContaining("lone surrogate");
        assertThatThrownBy(() -> fields("{\"v\":{\"deep\":[\"\\udc00\"]}}").map("v"))
                .hasMessageContaining("v.deep[0]");
        assertThat(fields("{\"v\":\"\\ud83d\\ude00\"}").string("v")).isEqualTo("\uD83D\uDE00");
    }

    @Test
    void givesFreeJsonAsPlainValues() {
        Map<String, Object> expected = new HashMap<>(
                Map.of("i", 1, "l", 5_000_000_000L, "d", 1.5, "b", true, "a", List.of("x", Map.of())));
        expected.put("n", null);
        assertThat(fields("""
                {"v":{"i":1,"l":5000000000,"d":1.5,"b":true,"n":null,"a":["x",{}]}}""").map("v")).isEqualTo(expected);
    }

    @Test
    void listsWhatNobodyAskedFor() {
        JsonFields fields = fields("{\"model\":\"m\",\"logit_bias\":{},\"x\":null}");
        fields.string("model");
        assertThat(fields.unread()).containsOnlyKeys("logit_bias");
    }

    @Test
    void takesOneStringOrAList() {
        assertThat(fields("{\"stop\":\"a\"}").strings("stop")).isEqualTo(List.of("a"));
        assertThat(fields("{\"stop\":[\"a\",\"b\"]}").strings("stop")).isEqualTo(List.of("a", "b"));
    }

    private static JsonFields fields(String json) {
        return new OpenAiJson().readObject(json.getBytes(StandardCharsets.UTF_8));
    }
}
