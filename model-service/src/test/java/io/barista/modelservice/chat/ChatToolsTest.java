package io.barista.modelservice.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.engine.chat.ExpectedCalls;
import io.barista.engine.grammar.StructuredOutput;
import io.barista.openai.chat.ChatCompletionRequest;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.openai.json.OpenAiJson;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChatToolsTest {

    private static final String TOOLS = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]";
    private static final EngineConfig AUTO = EngineConfig.empty().with(EngineOptions.ENABLE_AUTO_TOOL_CHOICE, true)
            .with(EngineOptions.TOOL_CALL_PARSER, "hermes");

    @ParameterizedTest
    @ValueSource(strings = {TOOLS, TOOLS + ",\"tool_choice\":\"auto\"", TOOLS + ",\"tool_choice\":null"})
    void looksForCallsWhenTheModelMayDecide(String fields) {
        ChatTools tools = of(fields, AUTO);
        assertThat(tools.calls()).isInstanceOf(ExpectedCalls.InDialect.class);
        assertThat(tools.definitions()).hasSize(1);
    }

    @Test
    void showsToolsThatMayNotBeCalledUnlessToldOtherwise() {
        assertThat(of(TOOLS + ",\"tool_choice\":\"none\"", AUTO)).isEqualTo(
                new ChatTools(of(TOOLS, AUTO).definitions(), new ExpectedCalls.None(), null));
        EngineConfig excluding = AUTO.with(EngineOptions.EXCLUDE_TOOLS_WHEN_TOOL_CHOICE_NONE, true);
        assertThat(of(TOOLS + ",\"tool_choice\":\"none\"", excluding))
                .isEqualTo(new ChatTools(null, new ExpectedCalls.None(), null));
    }

    @Test
    void wantsAutoToBeEnabledInTheWordsOfVllm() {
        assertThat(refusal(TOOLS, EngineConfig.empty()))
                .hasMessage("\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set");
        assertThat(refusal(TOOLS, EngineConfig.empty().with(EngineOptions.ENABLE_AUTO_TOOL_CHOICE, true)).code())
                .isEqualTo(ErrorCode.INVALID_VALUE);
    }

    @Test
    void enforcesCallsWithoutAParser() {
        ChatTools required = of(TOOLS + ",\"tool_choice\":\"required\"", EngineConfig.empty());
        assertThat(required.calls()).isEqualTo(new ExpectedCalls.Listed());
        assertThat(required.enforced()).isInstanceOf(StructuredOutput.JsonSchema.class);

        ChatTools named = of(TOOLS + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"f\"}}",
                EngineConfig.empty());
        assertThat(named.calls()).isEqualTo(new ExpectedCalls.ArgumentsOf("f"));
        assertThat(named.enforced()).isInstanceOf(StructuredOutput.JsonSchema.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"tool_choice\":\"auto\"", "\"tool_choice\":\"required\"", "\"tools\":[]",
        TOOLS + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"other\"}}"})
    void refusesChoicesThatMakeNoSense(String fields) {
        assertThat(refusal(fields, AUTO).code()).isEqualTo(ErrorCode.INVALID_VALUE);
    }

    private static ApiException refusal(String fields, EngineConfig config) {
        return catchThrowableOfType(ApiException.class, () -> of(fields, config));
    }

    private static ChatTools of(String fields, EngineConfig config) {
        return ChatTools.of(ChatCompletionRequest.read(new OpenAiJson()
                .readObject("{\"messages\":[],%s}".formatted(fields).getBytes(StandardCharsets.UTF_8))), config);
    }
}
