package io.barista.engine.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.chat.MessageDelta.ToolCallArguments;
import io.barista.engine.chat.MessageDelta.ToolCallStart;
import io.barista.engine.chat.ParsedMessage.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
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
        "pythonic~[f(x=1)] or not", "qwen3_coder~<tool_call>none</tool_call>", "deepseek_v3~<｜tool▁calls▁begin｜>none"})
    void takesWhatIsNoCallForContent(String parser, String output) {
        assertThat(parse(parser, output)).isEqualTo(new ParsedMessage(output, null, List.of()));
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
        MessageParser parser = OutputDialect.of("qwen3", name).parser("", true, ids());
        List<MessageDelta> deltas = new ArrayList<>();
        Chunks.of(output, seed).forEach(chunk -> deltas.addAll(parser.append(chunk)));
        deltas.addAll(parser.finish());

        assertThat(ParsedMessage.join(deltas))
                .isEqualTo(ParsedMessage.parse(OutputDialect.of("qwen3", name).parser("", true, ids()), output));
    }

    @Provide
    Arbitrary<String> parsers() {
        return Arbitraries.of("hermes", "llama3_json", "mistral", "pythonic", "qwen3_coder", "deepseek_v3");
    }

    @Provide
    Arbitrary<String> outputs() {
        Arbitrary<String> whole = Arbitraries.of(DEEPSEEK, CODER, "[TOOL_CALLS]f{\"x\": \"}\"}", "[f(x='a]')]",
                "{\"name\": \"f\", \"parameters\": {\"x\": \"}\"}}", "");
        Arbitrary<String> parts = Arbitraries.of("<think>", "</think>", "<tool_call>", "</tool_call>", "<function=f>",
                "</function>", "<parameter=p>", "</parameter>", "[TOOL_CALLS]", "[ARGS]", "f", "{\"x\": 1}", "{", "}",
                "[", "]",
                "<｜tool▁calls▁begin｜>", "<｜tool▁call▁begin｜>", "<｜tool▁sep｜>", "<｜tool▁call▁end｜>",
                "<｜tool▁calls▁end｜>", ";",
                "\n", " ", "<|python_tag|>", "{\"name\": \"f\", \"parameters\": {}}", "(x=1)", "```json", "```", "\"")
                .list().ofMaxSize(10).map(list -> String.join("", list));
        return Combinators.combine(parts, whole, parts).as((before, call, after) -> before + call + after);
    }

    private static ParsedMessage parse(String parser, String output) {
        return ParsedMessage.parse(OutputDialect.of(null, parser).parser("", true, ids()), output);
    }

    private static Supplier<String> ids() {
        AtomicInteger next = new AtomicInteger();
        return () -> "call-" + next.getAndIncrement();
    }
}
