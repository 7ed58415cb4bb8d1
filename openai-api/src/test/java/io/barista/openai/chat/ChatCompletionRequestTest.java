package io.barista.openai.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.barista.openai.StreamOptions;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.openai.json.OpenAiJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChatCompletionRequestTest {

    @Test
    void readsContentAsStringAsPartsAndNotAtAll() {
        ChatCompletionRequest request = read(
                """
                        {"messages":[{"role":"user","content":"a"},
                          {"role":"user","content":[{"type":"text","text":"b"},"c",{"type":"image_url","image_url":{"url":"d"}}]},
                          {"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":null}}]},
                          {"role":"tool","content":null,"tool_call_id":"1"}]}""");
        assertThat(request.messages().get(0).content()).isEqualTo(new MessageContent.Text("a"));
        assertThat(request.messages().get(1).content()).isEqualTo(new MessageContent.Parts(
                List.of(new ContentPart.Text("b"), new ContentPart.Text("c"),
                        new ContentPart.Other("image_url", "messages[1].content[2]"))));
        assertThat(request.messages().get(2).content()).isNull();
        assertThat(request.messages().get(2).toolCalls()).containsExactly(ToolCall.function("1", "f", "{}"));
        assertThat(request.messages().get(3).toolCallId()).isEqualTo("1");
    }

    @Test
    void takesArgumentsAsTextAndAsObject() {
        assertThat(read("""
                {"messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":{"a":[1,"x"]}}},
                  {"function":{"name":"f","arguments":"{\\"a\\":[1,\\"x\\"]}"}}]}]}""").messages().getFirst()
                .toolCalls())
                .extracting(call -> call.function().arguments())
                .containsExactly("{\"a\":[1,\"x\"]}", "{\"a\":[1,\"x\"]}");
    }

    @Test
    void takesEarlierThoughtsUnderEitherName() {
        ChatCompletionRequest request = read("""
                {"messages":[{"role":"assistant","reasoning_content":"old"},{"role":"assistant","reasoning":"new"},
                  {"role":"assistant","reasoning":"new","reasoning_content":"old"}]}""");
        assertThat(request.messages()).extracting(ChatMessage::reasoning).containsExactly("old", "new", "new");
    }

    @Test
    void readsNumbersThatCameAsStrings() {
        ChatCompletionRequest request = read("""
                {"messages":[],"max_tokens":"256","temperature":"0.7","stream":"true","n":"2"}""");
        assertThat(request.maxTokens()).isEqualTo(256);
        assertThat(request.sampling().temperature()).isEqualTo(0.7);
        assertThat(request.stream()).isTrue();
        assertThat(request.sampling().samples()).isEqualTo(2);
    }

    @Test
    void prefersMaxCompletionTokens() {
        assertThat(read("{\"messages\":[],\"max_tokens\":1,\"max_completion_tokens\":2}").maxTokens()).isEqualTo(2);
    }

    @Test
    void tellsAbsentToolsFromNone() {
        assertThat(read("{\"messages\":[]}").tools()).isNull();
        assertThat(read("{\"messages\":[],\"tools\":[]}").tools()).isEmpty();
    }

    @Test
    void readsEveryToolChoice() {
        assertThat(choice("\"none\"")).isEqualTo(new ToolChoice.None());
        assertThat(choice("\"auto\"")).isEqualTo(new ToolChoice.Auto());
        assertThat(choice("\"required\"")).isEqualTo(new ToolChoice.Required());
        assertThat(choice("{\"type\":\"function\",\"function\":{\"name\":\"f\"}}"))
                .isEqualTo(new ToolChoice.Named("f"));
        assertThat(choice("null")).isNull();
        assertThat(refusal("{\"messages\":[],\"tool_choice\":\"sometimes\"}").param()).isEqualTo("tool_choice");
    }

    @Test
    void readsStreamOptions() {
        assertThat(read("{\"messages\":[],\"stream_options\":{\"include_usage\":true}}").streamOptions())
                .isEqualTo(new StreamOptions(true, false));
    }

    @Test
    void keepsWhatItDoesNotKnow() {
        assertThat(read("{\"messages\":[],\"guided_json\":{},\"user\":\"u\",\"nothing\":null}").others())
                .containsOnlyKeys("guided_json", "user");
    }

    @Test
    void namesWhatIsMissing() {
        assertThat(refusal("{}").code()).isEqualTo(ErrorCode.MISSING_PARAMETER);
        assertThat(refusal("{}").param()).isEqualTo("messages");
        assertThat(refusal("{\"messages\":[{\"content\":\"a\"}]}").param()).isEqualTo("messages[0].role");
        assertThat(refusal("{\"messages\":[],\"tools\":[{\"type\":\"function\",\"function\":{}}]}").param())
                .isEqualTo("tools[0].function.name");
    }

    private static ToolChoice choice(String json) {
        return read("{\"messages\":[],\"tool_choice\":" + json + "}").toolChoice();
    }

    private static ApiException refusal(String json) {
        return catchThrowableOfType(ApiException.class, () -> read(json));
    }

    private static ChatCompletionRequest read(String json) {
        return ChatCompletionRequest.read(new OpenAiJson().readObject(json.getBytes(StandardCharsets.UTF_8)));
    }
}
