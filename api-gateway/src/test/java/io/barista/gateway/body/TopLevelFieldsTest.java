package io.barista.gateway.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCategory;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class TopLevelFieldsTest {

    @Example
    void readsTheModelWhereverItStands() {
        assertThat(model("{\"model\":\"a\",\"x\":[{\"model\":\"b\"}]}")).isEqualTo("a");
        assertThat(model("{\"x\":{\"model\":\"b\"},\"model\":\"a\"}")).isEqualTo("a");
        assertThat(model("\n{ \"mod\\u0065l\" : \"\\u0061\" } ")).isEqualTo("a");
        assertThat(model("{}")).isNull();
        assertThat(model("{\"model\":null}")).isNull();
    }

    @Example
    void wantsOneStringForAModel() {
        for (String body : List.of("{\"model\":1}", "{\"model\":{}}", "{\"model\":[\"a\"]}", "{\"model\":true}",
                "{\"model\":\"a\",\"model\":\"a\"}", "{\"model\":null,\"model\":\"a\"}")) {
            assertThatThrownBy(() -> model(body)).as(body).isInstanceOfSatisfying(ApiException.class,
                    error -> assertThat(error.param()).isEqualTo("model"));
        }
    }

    @Example
    void refusesWhatIsNotOneJsonObject() {
        String deep = "{\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
        String deepObjects = "{\"x\":".repeat(100_000);
        Stream.of("[]", "1", "null", "\"model\"", "{", "{]", "{}{}", "{} x", "{\"model\":\"a\"", "{'model':'a'}",
                "{\"model\":\"a\",}", "{\"a\":NaN}", "{\"a\":01}", "{\"a\":\"\u0001\"}", "{\"a\":tru}", "\u0000", " ",
                "{\"a\":\"\\ud8\"}", "model=a", deep, deepObjects).forEach(
                        body -> assertThatThrownBy(() -> model(body)).as(body.substring(0, Math.min(40, body.length())))
                                .isInstanceOfSatisfying(ApiException.class,
                                        error -> assertThat(error.code().status()).isEqualTo(400)));
    }

    @Example
    void reportsThePlaceButNotTheContent() {
        assertThatThrownBy(() -> model("{\"secret\":\n  oops}")).hasMessageContaining("line 2")
                .hasMessageNotContaining("oops");
    }

    @Property(tries = 2000)
    void neverFailsInAnotherWayThanAUserError(@ForAll("nearlyJson") String body) {
        byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
        try {
            TopLevelFields.read(new ByteArrayInputStream(bytes));
        } catch (ApiException e) {
            assertThat(e.code().category()).isEqualTo(ErrorCategory.USER_ERROR);
        }
    }

    @Provide
    Arbitrary<String> nearlyJson() {
        Arbitrary<String> token = Arbitraries.of("{", "}", "[", "]", ":", ",", "\"", "\"model\"", "\"model\":\"a\"",
                "\\", "\\u", "\\ud83d", "null", "true", "-", "1e999999", "9".repeat(2000), "\u00ff\u00fe", "\u0000",
                "\u00ef\u00bb\u00bf", "\u00c0\u00af", "\u00f0\u009f", " ", "\n", "/*", "NaN");
        return token.list().ofMaxSize(25).map(tokens -> String.join("", tokens));
    }

    private static String model(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return TopLevelFields.read(new ByteArrayInputStream(bytes)).model();
    }
}
