package io.barista.modelservice.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.barista.openai.chat.ChatCompletionRequest;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.openai.json.OpenAiJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlainMessagesTest {

    @Test
    void keepsAllThatATemplateMayRead() {
        assertThat(plain("""
                [{"role":"user","name":"Ann","content":[{"type":"text","text":"a"},"b"]},
                 {"role":"assistant","content":"c","reasoning_content":"r","tool_calls":[{"id":"1","type":"function",
                  "function":{"name":"f","arguments":"{}"}}]},
                 {"role":"tool","tool_call_id":"1","content":"sun","unknown":5}]"""))
                .isEqualTo(List.of(
                        Map.of("role", "user", "name", "Ann", "content",
                                List.of(Map.of("type", "text", "text", "a"), Map.of("type", "text", "text", "b"))),
                        Map.of("role", "assistant", "content", "c", "reasoning", "r", "tool_calls",
                                List.of(Map.of("id", "1", "type", "function", "function",
                                        Map.of("name", "f", "arguments", "{}")))),
                        Map.of("role", "tool", "tool_call_id", "1", "content", "sun")));
    }

    @Test
    void tellsMissingContentFromEmpty() {
        assertThat(PlainMessages.of(ChatCompletionRequest.readMessages(new OpenAiJson()
                .readObject("{\"messages\":[{\"role\":\"assistant\"}]}".getBytes(StandardCharsets.UTF_8)))).getFirst())
                .containsEntry("content", null);
    }

    @Test
    void namesThePartThatIsNotText() {
        ApiException refusal = refusal("[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{}}]}]");
        assertThat(refusal.param()).isEqualTo("messages[0].content[0]");
        assertThat(refusal.code()).isEqualTo(ErrorCode.UNSUPPORTED_PARAMETER);
    }

    @Test
    void refusesAnEmptyConversation() {
        assertThat(refusal("[]").param()).isEqualTo("messages");
    }

    private static ApiException refusal(String messages) {
        return catchThrowableOfType(ApiException.class, () -> plain(messages));
    }

    private static Object plain(String messages) {
        return PlainMessages.of(ChatCompletionRequest.readMessages(new OpenAiJson()
                .readObject("{\"messages\":%s}".formatted(messages).getBytes(StandardCharsets.UTF_8))));
    }
}
