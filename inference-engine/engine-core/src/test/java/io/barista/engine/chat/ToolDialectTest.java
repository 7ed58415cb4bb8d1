package io.barista.engine.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.chat.MessageDelta.ToolCallArguments;
import io.barista.engine.chat.MessageDelta.ToolCallStart;
import io.barista.engine.chat.ParsedMessage.ToolCall;
import io.barista.engine.chat.tools.ToolSignatures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every tool call dialect: what its model families write, what is no call, and any chunking of both. */
class ToolDialectTest {

    private static final String DEEPSEEK = "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>f\n```json\n"
            + "{\"x\": 1}\n```<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>function<｜tool▁sep｜>g\n```json\n{}\n```"
            + "<｜tool▁call▁end｜><｜tool▁calls▁end｜>";
    private static final String CODER = "<tool_call>\n<function=f>\n<parameter=x>\n1\n</parameter>\n<parameter=text>\n"
            + "a <b>\n</parameter>\n</function>\n</tool_call>";

    private static final String HARMONY = "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>commentary"
            + " to=functions.f <|constrain|>json<|message|>{\"x\": 1}<|call|>";
    private static final String PYTHON = "[f(text='it\\'s', x=[1, -2.5, (None,)], d={'k': True, 'l': {}}), g()]";

    private static final ExpectedCalls CALLS = new ExpectedCalls.InDialect(ToolSignatures.of(List.of(
            tool("f", Map.of("text", Map.of("type", "string"), "x", Map.of("type", "integer"), "flag",
                    Map.of("type", "boolean"), "list", Map.of("type", "array"))),
            tool("g", Map.of()))));

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "llama3_json~{\"name\": \"f\", \"parameters\": {\"x\": 1}}",
        "llama3_json~<|python_tag|>{\"name\": \"f\", \"arguments\": {\"x\": 1}}; {\"name\": \"g\", \"parameters\": {}}",
        "mistral~[TOOL_CALLS]f[ARGS]{\"x\": 1}[TOOL_CALLS]g{}",
        "mistral~[TOOL_CALLS] [{\"name\": \"f\", \"arguments\": {\"x\": 1}}, {\"name\": \"g\", \"arguments\": {}}]",
        "pythonic~[f(x=1), g()]"})
    void readsCalls(String parser, String output) {
        ParsedMessage message = parse(parser, output);

        assertThat(message.content()).isNull();
        assertThat(message.toolCalls().getFirst().name()).isEqualTo("f");
        assertThat(message.toolCalls().getFirst().arguments().replace(" ", "")).isEqualTo("{\"x\":1}");
        if (message.toolCalls().size() > 1) {
            assertThat(message.toolCalls().get(1)).isEqualTo(new ToolCall("call-1", "g", "{}"));
        }
    }

    @Test
    void readsDeepSeeksCallsAndTheTextBefore() {
        ParsedMessage message = parse("deepseek_v3", "I look." + DEEPSEEK);

        assertThat(message).isEqualTo(new ParsedMessage("I look.", null,
                List.of(new ToolCall("call-0", "f", "{\"x\": 1}"), new ToolCall("call-1", "g", "{}"))));
    }

    @Test
    void readsQwenCodersParametersAsJsonOrAsText() {
        assertThat(parse("qwen3_coder", "Now: " + CODER + "\n<tool_call>\n<function=g>\n</function>\n</tool_call>"))
                .isEqualTo(new ParsedMessage("Now: ", null,
                        List.of(new ToolCall("call-0", "f", "{\"x\": 1, \"text\": \"a <b>\"}"),
                                new ToolCall("call-1", "g", "{}"))));
    }

    @Test
    void readsPythonLiterals() {
        assertThat(parse("pythonic", "[f(a='it\\'s', b=[1, 2.5, None], c={'k': True}, d=-3)]").toolCalls())
                .containsExactly(new ToolCall("call-0", "f",
                        "{\"a\":\"it's\",\"b\":[1,2.5,null],\"c\":{\"k\":true},\"d\":-3}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {"llama3_json~Hello {\"name\": \"f\"}",
        "llama3_json~{\"x\": 1}",
        "llama3_json~{\"name\": \"f\", \"para", "mistral~[TOOL_CALLS]!", "pythonic~[1, 2]", "pythonic~[f(x=g())]",
        "pythonic~[f(", "pythonic~see [f](x) and [g(1)]", "llama3_json~{\"name\": \"f\"}",
        "openai~<|channel|>final<|message|>hi", "qwen3_coder~<tool_call>none</tool_call>",
        "deepseek_v3~<｜tool▁calls▁begin｜>none"})
    void takesWhatIsNoCallForContent(String parser, String output) {
        assertThat(ParsedMessage.parse(dialect(parser).parser("", true, ids()), output))
                .isEqualTo(new ParsedMessage(output, null, List.of()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "llama3_json~I look. {\"type\": \"function\", \"name\": \"f\", \"parameters\": {\"x\": 1}}",
        "llama3_json~I look. <|python_tag|>{\"name\": \"f\", \"parameters\": {\"x\": 1}}",
        "llama3_json~I look. {\"arguments\": {\"x\": 1}, \"name\": \"f\"}",
        "mistral~I look. [TOOL_CALLS]f[ARGS]{\"x\": 1}", "pythonic~I look. [f(x=1)]",
        "qwen3_coder~I look. <function=f><parameter=x>1</parameter></function>",
        "openai~I look. <|channel|>commentary to=functions.f <|constrain|>json<|message|>{\"x\": 1}<|call|>",
        "hermes~I look. <tool_call>{\"name\": \"f\", \"arguments\": {\"x\": 1}}</tool_call>"})
    void keepsTheTextAroundACall(String parser, String output) {
        ParsedMessage message = parse(parser, output + " Done.");

        assertThat(message.content()).isEqualTo("I look.  Done.");
        assertThat(message.toolCalls()).extracting(ToolCall::name).containsExactly("f");
        assertThat(message.toolCalls().getFirst().arguments().replace(" ", "")).isEqualTo("{\"x\":1}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {"hermes~<tool_call>{\"name\": \"f\"}</tool_call>",
        "llama3_json~{\"name\": \"f\"}", "llama3_json~{\"name\": \"f\", \"parameters\": null}",
        "mistral~[TOOL_CALLS]f{}", "pythonic~[f()]", "qwen3_coder~<tool_call><function=f></function></tool_call>",
        "openai~<|channel|>commentary to=functions.f<|message|><|call|>"})
    void givesAnEmptyObjectForACallWithoutArguments(String parser, String output) {
        assertThat(parse(parser, output))
                .isEqualTo(new ParsedMessage(null, null, List.of(new ToolCall("call-0", "f", "{}"))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "pythonic~[f(text=\"Par~{\"text\":\"Par~",
        "pythonic~[f(text='a', x=[1, g()])] on~{\"text\":\"a\",\"x\":[1~g()])] on",
        "pythonic~[f(x=1), or not~{\"x\":1}~, or not", "pythonic~[f(x=1)] or not~{\"x\":1}~` or not`",
        "llama3_json~{\"name\": \"f\", \"parameters\": {\"text\": \"Par~{\"text\": \"Par~",
        "qwen3_coder~<tool_call><function=f><parameter=text>Par~{\"text\": \"Par\"}~"})
    void losesNothingWhereACallBreaksOff(String parser, String output, String arguments, @Nullable String content) {
        assertThat(parse(parser, output))
                .isEqualTo(new ParsedMessage(content, null, List.of(new ToolCall("call-0", "f", arguments))));
    }

    @Test
    void takesTheTypeOfAParameterFromItsSchema() {
        String call = "<tool_call><function=f><parameter=text>\n0042\n</parameter><parameter=flag>True</parameter>"
                + "<parameter=list>['a', None]</parameter><parameter=other>0.50</parameter></function></tool_call>";

        assertThat(parse("qwen3_coder", call).toolCalls().getFirst().arguments()).isEqualTo(
                "{\"text\": \"0042\", \"flag\": true, \"list\": [\"a\",null], \"other\": 0.50}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '^', value = {
        "hermes~<tool_call>{\"name\": \"f\", \"arguments\": {\"text\": \"¦Par¦is¦\"}}</tool_call>",
        "llama3_json~{\"name\": \"f\", \"parameters\": {\"text\": \"¦Par¦is¦\"}}",
        "mistral~[TOOL_CALLS]f{\"text\": \"¦Par¦is¦\"}", "pythonic~[f(text='¦Par¦is¦')]",
        "qwen3_coder~<tool_call><function=f><parameter=text>¦Par¦is¦</parameter></function></tool_call>",
        "deepseek_v3~<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>f ```json {\"text\": \"¦Par¦is¦\"} ```"
                + "<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
        "openai~<|channel|>commentary to=functions.f<|message|>{\"text\": \"¦Par¦is¦\"}<|call|>"})
    void givesAStringOfEveryDialectPieceByPiece(String name, String output) {
        MessageParser parser = dialect(name).parser("", CALLS, ids());
        List<MessageDelta> deltas = Arrays.stream(output.split("¦")).flatMap(piece -> parser.append(piece).stream())
                .toList();

        assertThat(deltas).containsSubsequence(new ToolCallArguments(0, "Par"), new ToolCallArguments(0, "is"));
    }

    @Test
    void readsTheChannelsOfGptOss() {
        ParsedMessage message = ParsedMessage.parse(OutputDialect.of("gpt-oss", "openai").parser("", CALLS, ids()),
                "<|channel|>analysis<|message|>I need f.<|end|><|start|>assistant<|channel|>analysis<|message|>Now.<|end|>"
                        + "<|start|>assistant<|channel|>commentary<|message|>I look.<|end|><|start|>assistant"
                        + "<|channel|>commentary to=functions.f <|constrain|>json<|message|>{\"x\": 1}<|call|>"
                        + "<|start|>assistant to=functions.g<|channel|>commentary json<|message|><|call|>"
                        + "<|start|>assistant<|channel|>final<|message|>Done.<|return|>");

        assertThat(message).isEqualTo(new ParsedMessage("I look.\nDone.", "I need f.\nNow.",
                List.of(new ToolCall("call-0", "f", "{\"x\": 1}"), new ToolCall("call-1", "g", "{}"))));
    }

    @Test
    void givesArgumentsWhileTheyAreWritten() {
        MessageParser parser = OutputDialect.of(null, "mistral").parser("", true, ids());

        assertThat(parser.append("[TOOL_CALLS]f[ARGS]")).isEmpty();
        assertThat(parser.append("{\"city\": \"Pa")).containsExactly(new ToolCallStart(0, "call-0", "f"),
                new ToolCallArguments(0, "{\"city\": \"Pa"));
        assertThat(parser.append("ris}\"")).containsExactly(new ToolCallArguments(0, "ris}\""));
        assertThat(parser.append("}")).containsExactly(new ToolCallArguments(0, "}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`',
            value = {"mistral~[THINK]hm[/THINK]19", "granite~Here is my thought process:hm"
                    + "Here is my response:19",
                "tags:<a>,</a>~<a>hm</a>19",
                "gpt-oss~<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>19"})
    void splitsReasoningOfEveryFamily(String parser, String output) {
        OutputDialect dialect = OutputDialect.of(parser, null);

        assertThat(ParsedMessage.parse(dialect.parser("", true, ids()), output))
                .isEqualTo(new ParsedMessage("19", "hm", List.of()));
        for (long seed = 0; seed < 50; seed++) {
            MessageParser cut = dialect.parser("", true, ids());
            List<MessageDelta> deltas = new ArrayList<>();
            Chunks.of(output, seed).forEach(chunk -> deltas.addAll(cut.append(chunk)));
            deltas.addAll(cut.finish());
            assertThat(ParsedMessage.join(deltas)).isEqualTo(new ParsedMessage("19", "hm", List.of()));
        }
    }

    @Property(tries = 3000)
    void readsTheSameWhateverTheChunking(@ForAll("outputs") String output, @ForAll long seed,
            @ForAll("parsers") String name) {
        OutputDialect dialect = OutputDialect.of(name.equals("openai") ? "gpt-oss" : "qwen3", name);
        MessageParser parser = dialect.parser("", CALLS, ids());
        List<MessageDelta> deltas = new ArrayList<>();
        Chunks.of(output, seed).forEach(chunk -> deltas.addAll(parser.append(chunk)));
        deltas.addAll(parser.finish());

        assertThat(ParsedMessage.join(deltas)).isEqualTo(ParsedMessage.parse(dialect.parser("", CALLS, ids()), output));
    }

    @Provide
    Arbitrary<String> parsers() {
        return Arbitraries.of("hermes", "llama3_json", "mistral", "pythonic", "qwen3_coder", "deepseek_v3", "openai");
    }

    @Provide
    Arbitrary<String> outputs() {
        Arbitrary<String> whole = Arbitraries.of(DEEPSEEK, CODER, HARMONY, PYTHON,
                "<tool_call>{\"name\": \"f\", \"arguments\": {\"x\": \"}\"}}</tool_call>",
                "{\"parameters\": {\"x\": 1}, \"name\": \"f\"}", "[TOOL_CALLS]f{\"x\": \"}\"}", "[f(x='a]')]",
                "{\"name\": \"f\", \"parameters\": {\"x\": \"}\"}}", "");
        Arbitrary<String> parts = Arbitraries.of("<think>", "</think>", "<tool_call>", "</tool_call>", "<function=f>",
                "</function>", "<parameter=p>", "</parameter>", "[TOOL_CALLS]", "[ARGS]", "f", "{\"x\": 1}", "{", "}",
                "[", "]",
                "<｜tool▁calls▁begin｜>", "<｜tool▁call▁begin｜>", "<｜tool▁sep｜>", "<｜tool▁call▁end｜>",
                "<｜tool▁calls▁end｜>", ";",
                "\n", " ", "<|python_tag|>", "{\"name\": \"f\", \"parameters\": {}}", "(x=1)", "[f(text='", "')]", "\\",
                "[g(), ", "{\"name\": \"f\", \"arguments\": {\"text\": \"",
                "<parameter=text>\n", "<function=f>", "<|channel|>", "<|message|>", "<|end|>", "<|start|>assistant",
                "<|call|>", "commentary to=functions.f", "analysis", "final", "```json", "```", "\"")
                .list().ofMaxSize(10).map(list -> String.join("", list));
        return Combinators.combine(parts, whole, parts).as((before, call, after) -> before + call + after);
    }

    private static ParsedMessage parse(String parser, String output) {
        return ParsedMessage.parse(dialect(parser).parser("", CALLS, ids()), output);
    }

    private static OutputDialect dialect(String parser) {
        return OutputDialect.of(null, parser);
    }

    private static Map<String, Object> tool(String name, Map<String, Object> properties) {
        return Map.of("type", "function", "function",
                Map.of("name", name, "parameters", Map.of("type", "object", "properties", properties)));
    }

    private static Supplier<String> ids() {
        AtomicInteger next = new AtomicInteger();
        return () -> "call-" + next.getAndIncrement();
    }
}
