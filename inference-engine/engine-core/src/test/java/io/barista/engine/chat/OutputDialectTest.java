package io.barista.engine.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.engine.EngineException;
import io.barista.engine.chat.MessageDelta.ContentDelta;
import io.barista.engine.chat.MessageDelta.ReasoningDelta;
import io.barista.engine.chat.MessageDelta.ToolCallArguments;
import io.barista.engine.chat.MessageDelta.ToolCallStart;
import io.barista.engine.chat.ParsedMessage.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutputDialectTest {

    private static final String PROMPT = "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n";
    private static final OutputDialect QWEN = OutputDialect.of("qwen3", "hermes");
    private static final OutputDialect R1 = OutputDialect.of("deepseek_r1", null);

    @Test
    void splitsReasoningFromContentWhereTheModelWritesBothTags() {
        ParsedMessage message = parse(QWEN, PROMPT, "<think>\nLet me see.\n</think>\n\n19");

        assertThat(message.reasoning()).isEqualTo("\nLet me see.\n");
        assertThat(message.content()).isEqualTo("\n\n19");
    }

    @Test
    void startsInReasoningWhereThePromptOpenedIt() {
        assertThat(parse(QWEN, PROMPT + "<think>\n", "Hm.</think>19"))
                .isEqualTo(new ParsedMessage("19", "Hm.", List.of()));
        assertThat(parse(QWEN, PROMPT + "<think>\n", "<think>Hm.</think>19"))
                .isEqualTo(new ParsedMessage("19", "Hm.", List.of()));
    }

    @Test
    void takesAnOutputWithoutTagsForContentUnlessThePromptOpenedTheReasoning() {
        assertThat(parse(QWEN, PROMPT, "19")).isEqualTo(new ParsedMessage("19", null, List.of()));
        assertThat(parse(QWEN, PROMPT + "<think>\n\n</think>\n\n", "19"))
                .isEqualTo(new ParsedMessage("19", null, List.of()));
        assertThat(parse(QWEN, PROMPT + "<think>\n", "19")).isEqualTo(new ParsedMessage(null, "19", List.of()));
    }

    @Test
    void doesNotMistakeATagInTheConversationForAnOpenedReasoning() {
        assertThat(parse(QWEN, "<|im_start|>user\nwhat is <think> for?<|im_end|>\n<|im_start|>assistant\n", "A tag.")
                .content()).isEqualTo("A tag.");
    }

    @Test
    void hasNoContentWhenTheReasoningIsCutOff() {
        assertThat(parse(QWEN, PROMPT, "<think>It is")).isEqualTo(new ParsedMessage(null, "It is", List.of()));
        assertThat(parse(QWEN, PROMPT, "<think>It is</thi"))
                .isEqualTo(new ParsedMessage(null, "It is</thi", List.of()));
    }

    @Test
    void assumesReasoningForDeepSeekUnlessThePromptClosedIt() {
        assertThat(parse(R1, PROMPT, "Hm.</think>19")).isEqualTo(new ParsedMessage("19", "Hm.", List.of()));
        assertThat(parse(R1, PROMPT, "\n<think>Hm.</think>\n19"))
                .isEqualTo(new ParsedMessage("\n19", "Hm.", List.of()));
        assertThat(parse(R1, PROMPT, "19")).isEqualTo(new ParsedMessage(null, "19", List.of()));
        assertThat(parse(R1, "<｜Assistant｜></think>", "19")).isEqualTo(new ParsedMessage("19", null, List.of()));
    }

    @Test
    void keepsTagsThatComeAfterTheReasoning() {
        assertThat(parse(QWEN, PROMPT, "<think>a</think>the tags <think> and </think>").content())
                .isEqualTo("the tags <think> and </think>");
    }

    @Test
    void tellsWhileReasoning() {
        MessageParser parser = QWEN.parser(PROMPT, true, ids());
        List<Boolean> reasoning = new ArrayList<>(List.of(parser.isReasoning()));
        for (String piece : List.of("<th", "ink>", "a", "</think", ">", "b")) {
            parser.append(piece);
            reasoning.add(parser.isReasoning());
        }

        assertThat(reasoning).containsExactly(false, false, true, true, true, false, false);
        assertThat(QWEN.parser(PROMPT + "<think>\n", true, ids()).isReasoning()).isTrue();
    }

    @Test
    void readsToolCallsAndKeepsTheTextAroundThem() {
        ParsedMessage message = parse(QWEN, PROMPT, """
                Let me look.
                <tool_call>
                {"name": "get_weather", "arguments": {"city": "Paris", "at": 1.50}}
                </tool_call>
                <tool_call>
                {"name": "ping"}
                </tool_call>
                Done.""");

        assertThat(message.content()).isEqualTo("Let me look.\n\nDone.");
        assertThat(message.toolCalls()).containsExactly(
                new ToolCall("call-0", "get_weather", "{\"city\": \"Paris\", \"at\": 1.50}"),
                new ToolCall("call-1", "ping", "{}"));
    }

    @Test
    void hasNoContentBesideToolCallsWhenThereIsOnlyWhiteSpace() {
        ParsedMessage message = parse(QWEN, PROMPT,
                "<think>weather?</think>\n\n<tool_call>{\"name\":\"a\",\"arguments\":{}}</tool_call>\n");

        assertThat(message.content()).isNull();
        assertThat(message.toolCalls()).hasSize(1);
    }

    @Test
    void keepsWhiteSpaceThatIsTheWholeContent() {
        assertThat(parse(QWEN, PROMPT, " \n").content()).isEqualTo(" \n");
    }

    @Test
    void endsTheReasoningWhereAToolCallBegins() {
        ParsedMessage message = parse(QWEN, PROMPT, "<think>I call <tool_call>{\"name\":\"a\"}</tool_call>");

        assertThat(message.reasoning()).isEqualTo("I call ");
        assertThat(message.toolCalls()).containsExactly(new ToolCall("call-0", "a", "{}"));
    }

    @Test
    void isNotFooledByTagsInsideJsonStrings() {
        ParsedMessage message = parse(QWEN, PROMPT,
                "<tool_call>{\"name\":\"write\",\"arguments\":{\"t\":\"a </tool_call> \\\" <tool_call>\"}}</tool_call>");

        assertThat(message.toolCalls()).containsExactly(
                new ToolCall("call-0", "write", "{\"t\":\"a </tool_call> \\\" <tool_call>\"}"));
    }

    @Test
    void unwrapsArgumentsThatAreAnObjectInsideAString() {
        assertThat(parse(QWEN, PROMPT, "<tool_call>{\"name\":\"a\",\"arguments\":\"{\\\"x\\\": 1}\"}</tool_call>")
                .toolCalls()).containsExactly(new ToolCall("call-0", "a", "{\"x\": 1}"));
    }

    @Test
    void acceptsALastCallWithoutItsClosingTag() {
        assertThat(parse(QWEN, PROMPT, "<tool_call>{\"name\":\"a\",\"arguments\":{\"x\":1}}").toolCalls()).hasSize(1);
        assertThat(parse(QWEN, PROMPT, "<tool_call>{\"name\":\"a\"}</tool_c").toolCalls()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"<tool_call>not json</tool_call>", "<tool_call>{\"name\":\"a\",\"arg", "<tool_call></tool_call>",
                "<tool_call>{\"arguments\":{}}</tool_call>", "<tool_call>{\"name\":7}</tool_call>",
                "<tool_call>{\"name\":\"a\",\"arguments\":[1]}</tool_call>", "<tool_call>", "<tool_call><tool_call>",
                "a < b </tool_call> <tool_cal"})
    void takesABrokenCallForContent(String output) {
        assertThat(parse(QWEN, PROMPT, output)).isEqualTo(new ParsedMessage(output, null, List.of()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "<tool_call>{\"name\":\"a\",\"arguments\":{\"x\": \"Par~{\"x\": \"Par~",
        "<tool_call>{\"name\":\"a\",\"arguments\":{\"x\": }}</tool_call> and on~{\"x\": }~` and on`",
        "<tool_call>{\"name\":\"a\",\"arguments\":{\"x\":{\"y\": 1}</tool_call>on~{\"x\":{\"y\": 1}~on",
        "<tool_call>{\"name\":\"a\",\"arguments\":{\"x\": 1}</tool_call>~{\"x\": 1}~",
        "<tool_call>{\"name\":\"a\",\"arguments\":{\"x\": 1}} and on~{\"x\": 1}~` and on`"})
    void keepsACallThatBreaksOffAsFarAsItCame(String output, String arguments, @Nullable String content) {
        assertThat(parse(QWEN, PROMPT, output))
                .isEqualTo(new ParsedMessage(content, null, List.of(new ToolCall("call-0", "a", arguments))));
    }

    @Test
    void findsACallBehindABrokenOne() {
        ParsedMessage message = parse(QWEN, PROMPT,
                "<tool_call>{\"name\": <tool_call>{\"name\":\"a\"}</tool_call>");

        assertThat(message.content()).isEqualTo("<tool_call>{\"name\": ");
        assertThat(message.toolCalls()).hasSize(1);
    }

    @Test
    void leavesCallsInTheContentWhenTheRequestHasNoTools() {
        String output = "<tool_call>{\"name\":\"a\"}</tool_call>";

        assertThat(ParsedMessage.parse(QWEN.parser(PROMPT, false, ids()), output).content()).isEqualTo(output);
    }

    @Test
    void passesEverythingThroughWithoutParsers() {
        OutputDialect plain = OutputDialect.of(null, "");

        assertThat(parse(plain, PROMPT, "<think>a</think><tool_call>").content())
                .isEqualTo("<think>a</think><tool_call>");
    }

    @Test
    void givesTextAsSoonAsItCannotBecomeATag() {
        MessageParser parser = QWEN.parser(PROMPT, true, ids());

        assertThat(parser.append("<think>a <")).containsExactly(new ReasoningDelta("a "));
        assertThat(parser.append("b></thi")).containsExactly(new ReasoningDelta("<b>"));
        assertThat(parser.append("nk>x <tool")).containsExactly(new ContentDelta("x "));
        assertThat(parser.append("box> ")).containsExactly(new ContentDelta("<toolbox> "));
        assertThat(parser.append("<tool_call>{\"name\": \"f\", \"arguments\": {\"a\""))
                .containsExactly(new ToolCallStart(0, "call-0", "f"), new ToolCallArguments(0, "{\"a\""));
        assertThat(parser.append(": 1}}</tool_call>")).containsExactly(new ToolCallArguments(0, ": 1}"));
        assertThat(parser.finish()).isEmpty();
    }

    @Test
    void namesTheParsersThatExist() {
        assertThatThrownBy(() -> OutputDialect.of("qwen4", null)).isInstanceOf(EngineException.class)
                .hasMessageContaining("unknown reasoning_parser \"qwen4\": expected one of ")
                .hasMessageContaining("qwen3");
        assertThatThrownBy(() -> OutputDialect.of(null, "zeus")).isInstanceOf(EngineException.class)
                .hasMessageContaining("hermes");
    }

    @Property(tries = 2000)
    void readsTheSameWhateverTheChunking(@ForAll("outputs") String output, @ForAll long seed,
            @ForAll boolean opened, @ForAll boolean assumed) {
        OutputDialect dialect = assumed ? OutputDialect.of("deepseek_r1", "hermes") : QWEN;
        String prompt = opened ? PROMPT + "<think>\n" : PROMPT;
        MessageParser parser = dialect.parser(prompt, true, ids());
        List<MessageDelta> deltas = new ArrayList<>();

        Chunks.of(output, seed).forEach(chunk -> deltas.addAll(parser.append(chunk)));
        deltas.addAll(parser.finish());

        assertThat(ParsedMessage.join(deltas)).isEqualTo(parse(dialect, prompt, output));
    }

    @Provide
    Arbitrary<String> outputs() {
        return Arbitraries.of("<think>", "</think>", "<tool_call>", "</tool_call>", "<", "</", "think", " ", "\n", "a",
                "{\"name\": \"f\", \"arguments\": {\"x\": \"</tool_call>\"}}", "{\"name\":\"g\"}", "{", "\"", "\\", "}")
                .list().ofMaxSize(12).map(parts -> String.join("", parts));
    }

    private static ParsedMessage parse(OutputDialect dialect, String prompt, String output) {
        return ParsedMessage.parse(dialect.parser(prompt, true, ids()), output);
    }

    private static Supplier<String> ids() {
        AtomicInteger next = new AtomicInteger();
        return () -> "call-" + next.getAndIncrement();
    }
}
