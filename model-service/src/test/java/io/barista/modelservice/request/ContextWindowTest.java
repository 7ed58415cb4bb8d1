package io.barista.modelservice.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import org.junit.jupiter.api.Test;

class ContextWindowTest {

    private final ContextWindow window = new ContextWindow(100);

    @Test
    void givesASilentRequestTheRestOfTheContext() {
        assertThat(window.maxTokens(30, null, null)).isEqualTo(70);
    }

    @Test
    void givesASilentRequestWhatTheModelRecommendsIfThereIsRoom() {
        assertThat(window.maxTokens(30, null, 50)).isEqualTo(50);
        assertThat(window.maxTokens(30, null, 500)).isEqualTo(70);
    }

    @Test
    void servesARequestThatJustFits() {
        assertThat(window.maxTokens(30, 70, null)).isEqualTo(70);
    }

    @Test
    void refusesWhatDoesNotFitInTheWordsOfVllm() {
        ApiException error = catchThrowableOfType(ApiException.class, () -> window.maxTokens(30, 71, null));
        assertThat(error.code()).isEqualTo(ErrorCode.CONTEXT_LENGTH_EXCEEDED);
        assertThat(error)
                .hasMessage("This model's maximum context length is 100 tokens. However, you requested 71 output"
                        + " tokens and your prompt contains 30 input tokens, for a total of 101 tokens. Please reduce the length"
                        + " of the input prompt or the number of requested output tokens.");
    }

    @Test
    void refusesAPromptThatLeavesNoRoom() {
        assertThat(catchThrowableOfType(ApiException.class, () -> window.maxTokens(100, null, null)).code())
                .isEqualTo(ErrorCode.CONTEXT_LENGTH_EXCEEDED);
        assertThat(catchThrowableOfType(ApiException.class, () -> window.maxTokens(5, Integer.MAX_VALUE, null)))
                .hasMessageContaining("for a total of 2147483652 tokens");
    }
}
