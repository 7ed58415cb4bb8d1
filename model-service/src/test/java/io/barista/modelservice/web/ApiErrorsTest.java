package io.barista.modelservice.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.EngineException;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.Exceptions;

class ApiErrorsTest {

    private final MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/x"));

    @ParameterizedTest
    @CsvSource({"INVALID_PARAMETER,400", "CONTEXT_LENGTH_EXCEEDED,400", "QUEUE_FULL,429", "UNAVAILABLE,503",
        "INVALID_MODEL,500", "INVALID_CONFIG,500", "INTERNAL,500"})
    void givesEveryFailureOfTheEngineItsStatus(EngineException.Code code, int status) {
        assertThat(ApiErrors.of(EngineException.of(code, "reason"), exchange).code().status()).isEqualTo(status);
    }

    @ParameterizedTest
    @EnumSource(value = EngineException.Code.class, names = {"INVALID_MODEL", "INVALID_CONFIG", "INTERNAL"})
    void hidesTheReasonOfOurOwnFaults(EngineException.Code code) {
        assertThat(ApiErrors.of(EngineException.of(code, "/secret/path"), exchange)).hasMessageNotContaining("secret");
        assertThat(ApiErrors.of(new RuntimeException("secret"), exchange)).hasMessageNotContaining("secret");
    }

    @Test
    void keepsTheFieldThatTheEngineBlames() {
        ApiException error = ApiErrors.of(EngineException.invalid("top_p", "top_p must be above 0"), exchange);
        assertThat(error.param()).isEqualTo("top_p");
    }

    @Test
    void tellsASlowReader() {
        assertThat(ApiErrors.of(Exceptions.failWithOverflow(), exchange).code()).isEqualTo(ErrorCode.TIMEOUT);
    }
}
