package io.barista.engine.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.barista.engine.goldens.SharedGoldens;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChatTemplateTest {

    private static final String PLAIN = """
            {%- for m in messages -%}
            [{{ m.role }}]{{ m.content }}{{ '\\n' }}
            {%- endfor -%}
            {{- '[assistant]' if add_generation_prompt }}""";

    @Test
    void rendersTheDemoModelsTemplate() throws IOException {
        ChatTemplate demo = ChatTemplate.compile(
                Files.readString(SharedGoldens.demoModel().resolve("chat_template.jinja")), Map.of());

        assertThat(demo.render(input(message("user", "Hi")))).isEqualTo("""
                <|im_start|>user
                Hi<|im_end|>
                <|im_start|>assistant
                """);
        assertThat(demo.render(new ChatInput(List.of(message("user", "Hi")), null, true, false,
                Map.of("enable_thinking", true)))).endsWith("<|im_start|>assistant\n<think>\n");
    }

    @Test
    void joinsContentPartsWhereTheTemplateTakesText() {
        Map<String, Object> parts = message("user",
                List.of(Map.of("type", "text", "text", "one"), Map.of("type", "text", "text", "two")));

        assertThat(compile(PLAIN).render(input(parts))).isEqualTo("[user]one\ntwo\n[assistant]");
    }

    @Test
    void leavesContentPartsToATemplateThatGoesThroughThem() {
        Map<String, Object> parts = message("user",
                List.of(Map.of("type", "text", "text", "one"), Map.of("type", "image")));
        for (String template : List.of(
                "{% for m in messages %}{% for p in m['content'] %}<{{ p.type }}>{% endfor %}{% endfor %}",
                "{% for m in messages %}{% set c = m.content %}{% for p in c %}<{{ p.type }}>{% endfor %}{% endfor %}",
                "{% macro w(c) %}{% for p in c %}<{{ p.type }}>{% endfor %}{% endmacro %}{{ w(messages[0].content) }}",
                "<{{ messages[0].content | map(attribute='type') | join('><') }}>")) {
            assertThat(compile(template).render(input(parts))).isEqualTo("<text><image>");
        }
    }

    @Test
    void refusesPartsThatATextModelCannotRead() {
        Map<String, Object> parts = message("user", List.of(Map.of("type", "image_url", "image_url", "x")));

        assertThatThrownBy(() -> compile(PLAIN).render(input(parts))).isInstanceOf(ChatTemplateException.class)
                .hasMessageContaining("messages[0].content[0]");
    }

    @Test
    void takesMissingContentForEmptyText() {
        assertThat(compile(PLAIN).render(input(message("assistant", null), Map.of("role", "user"))))
                .isEqualTo("[assistant]\n[user]\n[assistant]");
    }

    @Test
    void callsADeveloperSystemUnlessTheTemplateKnowsTheRole() {
        assertThat(compile(PLAIN).render(input(message("developer", "a")))).startsWith("[system]a");
        assertThat(compile(PLAIN + "{# developer #}").render(input(message("developer", "a"))))
                .startsWith("[developer]a");
    }

    @Test
    void givesTheTemplateArgumentsAsObjects() {
        ChatTemplate template = compile("{% for c in messages[0].tool_calls %}{{ c.function.arguments | tojson }};"
                + "{% endfor %}");
        List<Object> calls = Arrays.<Object>asList(call("{\"b\": [1, 2.50], \"a\": \"x\"}"), call(""), call(null),
                call(Map.of("k", 1)));

        assertThat(template.render(input(callMessage(calls))))
                .isEqualTo("{\"b\": [1, 2.5], \"a\": \"x\"};{};{};{\"k\": 1};");
    }

    @Test
    void saysWhichArgumentsAreNoJson() {
        assertThatThrownBy(() -> compile(PLAIN).render(input(callMessage(List.of(call("{\"a\":"))))))
                .isInstanceOf(ChatTemplateException.class)
                .hasMessageContaining("messages[0].tool_calls[0].function.arguments");
    }

    @Test
    void dropsAnEmptyListOfToolCalls() {
        assertThat(compile("{{ 'yes' if messages[0].tool_calls is defined else 'no' }}")
                .render(input(callMessage(List.of())))).isEqualTo("no");
    }

    @Test
    void knowsReasoningUnderBothNames() {
        ChatTemplate template = compile("{{ messages[0].reasoning }}{{ messages[0].reasoning_content }}");

        assertThat(template.render(input(Map.of("role", "assistant", "reasoning", "a")))).isEqualTo("aa");
        assertThat(template.render(input(Map.of("role", "assistant", "reasoning_content", "b")))).isEqualTo("bb");
    }

    @Test
    void joinsSystemMessagesOnlyWhereTheTemplateRefusesSeveral() {
        String strict = "{% for m in messages %}{% if m.role == 'system' and not loop.first %}"
                + "{{ raise_exception('System message must be first') }}{% endif %}{% endfor %}" + PLAIN;
        Map<String, Object>[] messages = new Map[]{message("system", "a"), message("user", "b"),
            message("system", "c")};

        assertThat(compile(strict).render(input(messages))).isEqualTo("[system]a\n\nc\n[user]b\n[assistant]");
        assertThat(compile(PLAIN).render(input(messages))).isEqualTo("[system]a\n[user]b\n[system]c\n[assistant]");
    }

    @Test
    void endsWithTheFinalMessageToContinue() {
        ChatTemplate template = compile("{% for m in messages %}<{{ m.content | trim }}>{% endfor %}");
        ChatInput exact = new ChatInput(List.of(message("user", "a"), message("assistant", " The answer")), null,
                false, true, Map.of());
        ChatInput trimmed = new ChatInput(List.of(message("assistant", "The answer ")), null, false, true, Map.of());

        assertThat(template.render(exact)).isEqualTo("<a><The answer");
        assertThat(template.render(trimmed)).isEqualTo("<The answer");
        assertThat(compile("{% for m in messages %}<{{ m.content }}>{% endfor %}").render(trimmed))
                .isEqualTo("<The answer ");
    }

    @Test
    void refusesToContinueAMessageThatThePromptDoesNotHave() {
        ChatInput input = new ChatInput(List.of(message("assistant", "gone")), null, false, true, Map.of());

        assertThatThrownBy(() -> compile("nothing").render(input)).isInstanceOf(ChatTemplateException.class)
                .hasMessageContaining("continue_final_message");
    }

    @Test
    void passesTheTemplatesOwnRefusalOn() {
        ChatTemplateException refusal = catchThrowableOfType(ChatTemplateException.class,
                () -> compile("{{ raise_exception('Only user messages') }}").render(input()));

        assertThat(refusal).hasMessage("Only user messages");
        assertThat(refusal.isRefusal()).isTrue();
    }

    @Test
    void givesVariablesFromTokensAndArgumentsAndTheClock() {
        ChatTemplate template = ChatTemplate.compile(
                "{{ bos_token }} {{ mood }} {{ strftime_now('%d %b %Y') }} {{ tools is none }} {{ documents is none }}",
                Map.of("bos_token", "<s>"), Clock.fixed(Instant.parse("2025-03-14T15:09:26Z"), ZoneOffset.UTC));

        assertThat(template.render(new ChatInput(List.of(), null, true, false, Map.of("mood", "fine"))))
                .isEqualTo("<s> fine 14 Mar 2025 True True");
    }

    @Test
    void namesTheLineOfAMistake() {
        assertThatThrownBy(() -> compile("a\n{% if %}")).isInstanceOf(ChatTemplateException.class)
                .hasMessageContaining("line 2");
        assertThatThrownBy(() -> compile("a\n\n{{ 1 + 'a' }}").render(input()))
                .isInstanceOf(ChatTemplateException.class).hasMessageStartingWith("line 3: unsupported operand");
    }

    @Test
    void rendersOnManyThreadsAtOnce() {
        ChatTemplate template = compile(PLAIN);

        assertThat(IntStream.range(0, 500).parallel()
                .mapToObj(
                        i -> template.render(input(message("user", "n" + i))).equals("[user]n" + i + "\n[assistant]")))
                .containsOnly(true);
    }

    private static ChatTemplate compile(String source) {
        return ChatTemplate.compile(source, Map.of());
    }

    @SafeVarargs
    private static ChatInput input(Map<String, Object>... messages) {
        return new ChatInput(List.of(messages), null, true, false, Map.of());
    }

    private static Map<String, Object> message(String role, Object content) {
        Map<String, Object> message = new HashMap<>(Map.of("role", role));
        message.put("content", content);
        return message;
    }

    private static Map<String, Object> callMessage(List<Object> calls) {
        return Map.of("role", "assistant", "tool_calls", calls);
    }

    private static Map<String, Object> call(Object arguments) {
        Map<String, Object> function = new HashMap<>(Map.of("name", "f"));
        function.put("arguments", arguments);
        return Map.of("id", "1", "type", "function", "function", function);
    }
}
