package io.barista.modelservice.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.barista.openai.ServingFields;
import io.barista.openai.error.ApiException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptTruncationTest {

    private static final int[] PROMPT = {1, 2, 3, 4, 5};

    @Test
    void keepsTheEndUnlessAskedForTheBeginning() {
        assertThat(truncated(2, null)).containsExactly(4, 5);
        assertThat(truncated(2, "left")).containsExactly(4, 5);
        assertThat(truncated(2, "right")).containsExactly(1, 2);
    }

    @Test
    void leavesPromptsThatAreShortEnough() {
        assertThat(truncated(5, null)).isSameAs(PROMPT);
        assertThat(truncated(null, "right")).isSameAs(PROMPT);
    }

    @Test
    void minusOneKeepsWhatFitsBesideTheAnswer() {
        assertThat(PromptTruncation.truncated(PROMPT, fields(-1, null), 6, 3)).containsExactly(3, 4, 5);
        assertThat(PromptTruncation.truncated(PROMPT, fields(-1, null), 4, null)).containsExactly(3, 4, 5);
    }

    @ParameterizedTest
    @CsvSource({"0,left,truncate_prompt_tokens", "-2,left,truncate_prompt_tokens", "11,left,truncate_prompt_tokens",
        "3,middle,truncation_side"})
    void namesTheFieldThatIsOutOfRange(int tokens, String side, String param) {
        assertThat(catchThrowableOfType(ApiException.class, () -> truncated(tokens, side)).param()).isEqualTo(param);
    }

    private static int[] truncated(@Nullable Integer tokens, @Nullable String side) {
        return PromptTruncation.truncated(PROMPT, fields(tokens, side), 10, null);
    }

    private static ServingFields fields(@Nullable Integer tokens, @Nullable String side) {
        return new ServingFields(0, null, tokens, side);
    }
}
