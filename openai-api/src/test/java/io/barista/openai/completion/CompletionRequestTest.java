package io.barista.openai.completion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.barista.openai.error.ApiException;
import io.barista.openai.json.OpenAiJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompletionRequestTest {

    @Test
    void readsEveryFormOfPrompt() {
        assertThat(prompts("\"a\"")).isEqualTo(List.of(new Prompt.Text("a")));
        assertThat(prompts("[\"a\",\"b\"]")).isEqualTo(List.of(new Prompt.Text("a"), new Prompt.Text("b")));
        assertThat(prompts("[1,2]")).isEqualTo(List.of(new Prompt.Tokens(List.of(1, 2))));
        assertThat(prompts("[[1,2],[3]]"))
                .isEqualTo(List.of(new Prompt.Tokens(List.of(1, 2)), new Prompt.Tokens(List.of(3))));
        assertThat(prompts("[]")).isEmpty();
    }

    @Test
    void namesThePromptAtFault() {
        assertThat(refusal("{\"prompt\":[\"a\",{}]}").param()).isEqualTo("prompt[1]");
        assertThat(refusal("{\"prompt\":[1,\"x\"]}").param()).isEqualTo("prompt[1]");
        assertThat(refusal("{\"prompt\":[[1,2.5]]}").param()).isEqualTo("prompt[0][1]");
        assertThat(refusal("{\"prompt\":7}").param()).isEqualTo("prompt");
        assertThat(refusal("{\"prompt\":null}").param()).isEqualTo("prompt");
    }

    private static List<Prompt> prompts(String json) {
        return read("{\"prompt\":" + json + "}").prompts();
    }

    private static ApiException refusal(String json) {
        return catchThrowableOfType(ApiException.class, () -> read(json));
    }

    private static CompletionRequest read(String json) {
        return CompletionRequest.read(new OpenAiJson().readObject(json.getBytes(StandardCharsets.UTF_8)));
    }
}
