package io.barista.modelservice.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.engine.EngineEvent;
import io.barista.engine.EngineException;
import io.barista.engine.FinishReason;
import io.barista.engine.GenerationRequest;
import io.barista.engine.SamplingParams;
import io.barista.engine.chat.OutputDialect;
import io.barista.modelservice.answer.AnswerHeader;
import io.barista.modelservice.answer.TokenTexts;
import io.barista.openai.StreamOptions;
import io.barista.openai.chat.ChatCompletion;
import io.barista.openai.chat.ChatCompletionChunk;
import io.barista.openai.chat.ChatCompletionChunk.ToolCallDelta;
import io.barista.openai.chat.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

class ChatAnswersTest {

    private static final String CALL = "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Paris\"}}\n</tool_call>";
    private static final String OUTPUT = "<think>\nLet me look.\n</think>\n\nI will ask. " + CALL + CALL;

    @Test
    void splitsThoughtsContentAndCalls() {
        ChatCompletion.Choice choice = whole(job(true, true), one(List.of(OUTPUT))).choices().getFirst();
        assertThat(choice.message().reasoning()).contains("Let me look.");
        assertThat(choice.message().reasoningContent()).isEqualTo(choice.message().reasoning());
        assertThat(choice.message().content()).contains("I will ask.").doesNotContain("think", "tool_call");
        assertThat(choice.message().toolCalls()).extracting(ToolCall::function)
                .containsExactly(new ToolCall.Function("weather", "{\"city\": \"Paris\"}"),
                        new ToolCall.Function("weather", "{\"city\": \"Paris\"}"));
        assertThat(choice.finishReason()).isEqualTo("tool_calls");
    }

    @Test
    void hidesThoughtsOnRequest() {
        assertThat(whole(job(false, true), one(List.of(OUTPUT))).choices().getFirst().message().reasoning()).isNull();
        assertThat(chunks(job(false, true), one(List.of(OUTPUT))).stream()
                .flatMap(chunk -> chunk.choices().stream()).map(choice -> choice.delta().reasoning()))
                .containsOnlyNulls();
    }

    @Test
    void keepsOnlyTheFirstCallWhenCallsMayNotBeParallel() {
        ChatCompletion.Choice choice = whole(job(true, false), one(List.of(OUTPUT))).choices().getFirst();
        assertThat(choice.message().toolCalls()).hasSize(1);
        assertThat(choice.finishReason()).isEqualTo("tool_calls");
    }

    @Test
    void sendsIdAndNameOfACallOnce() {
        List<ToolCallDelta> deltas = chunks(job(true, true), one(List.of(OUTPUT))).stream()
                .flatMap(chunk -> chunk.choices().stream()).map(choice -> choice.delta().toolCalls())
                .filter(Objects::nonNull).flatMap(List::stream).toList();
        assertThat(deltas.stream().filter(delta -> delta.id() != null)).hasSize(2);
        assertThat(deltas.stream().filter(delta -> delta.function().name() != null)).hasSize(2);
        assertThat(deltas.stream().filter(delta -> delta.index() == 1).map(delta -> delta.function().arguments())
                .reduce("", String::concat)).isEqualTo("{\"city\": \"Paris\"}");
    }

    @Test
    void endsACutOffAnswerWithItsLength() {
        List<EngineEvent> events = new ArrayList<>(List.of(delta(0, "abc")));
        events.add(new EngineEvent.SampleFinished(0, FinishReason.LENGTH, null));
        events.add(completed());
        List<ChatCompletionChunk> chunks = chunks(job(true, true), events);
        assertThat(chunks.getLast().choices().getFirst().finishReason()).isEqualTo("length");
        assertThat(chunks.getFirst().choices().getFirst().delta().role()).isEqualTo("assistant");
    }

    @Test
    void opensAndEndsAChoiceThatSaysNothing() {
        List<EngineEvent> events = List.of(new EngineEvent.SampleFinished(0, FinishReason.STOP, null), completed());
        List<ChatCompletionChunk> chunks = chunks(job(true, true), events);
        assertThat(chunks).hasSize(2);
        assertThat(chunks.getFirst().choices().getFirst().delta().role()).isEqualTo("assistant");
        assertThat(whole(job(true, true), events).choices().getFirst().message().content()).isEmpty();
    }

    @Test
    void passesTheEnginesFailureOn() {
        Flux<EngineEvent> events = Flux.just(delta(0, "a"),
                new EngineEvent.Failed(EngineException.of(EngineException.Code.INTERNAL, "broken")));
        assertThatThrownBy(() -> ChatAnswers.chunks(job(true, true), events).blockLast()).hasMessage("broken");
        assertThatThrownBy(() -> ChatAnswers.whole(job(true, true), events).block()).hasMessage("broken");
    }

    @Test
    void countsReasoningTokens() {
        List<String> pieces = List.of("<think>", "a", "b", "</think>", "c", "d");
        assertThat(whole(job(true, true), one(pieces)).usage().completionTokensDetails().reasoningTokens())
                .isBetween(3, 4);
        assertThat(whole(job(true, true), one(pieces)).usage().completionTokens()).isEqualTo(6);
    }

    @Property(tries = 300)
    void streamsTheMessageThatItAnswersWholeHoweverTheTextIsCut(
            @ForAll @Size(max = 12) List<@IntRange(min = 0, max = 250) Integer> cuts) {
        List<EngineEvent> events = one(cut(cuts));
        ChatCompletion.Choice whole = whole(job(true, true), events).choices().getFirst();
        StringBuilder content = new StringBuilder();
        StringBuilder reasoning = new StringBuilder();
        List<String> finishReasons = new ArrayList<>();
        for (ChatCompletionChunk chunk : chunks(job(true, true), events)) {
            ChatCompletionChunk.Choice choice = chunk.choices().getFirst();
            content.append(Objects.toString(choice.delta().content(), ""));
            reasoning.append(Objects.toString(choice.delta().reasoningContent(), ""));
            if (choice.finishReason() != null) {
                finishReasons.add(choice.finishReason());
            }
        }
        assertThat(content.toString()).isEqualTo(whole.message().content());
        assertThat(reasoning.toString()).isEqualTo(whole.message().reasoning());
        assertThat(finishReasons).containsExactly("tool_calls");
    }

    private static List<String> cut(List<Integer> cuts) {
        List<String> pieces = new ArrayList<>();
        int from = 0;
        for (int at : cuts.stream().map(cut -> cut % OUTPUT.length()).sorted().toList()) {
            pieces.add(OUTPUT.substring(from, at));
            from = at;
        }
        pieces.add(OUTPUT.substring(from));
        return pieces;
    }

    private static List<EngineEvent> one(List<String> pieces) {
        List<EngineEvent> events = new ArrayList<>();
        pieces.forEach(piece -> events.add(delta(0, piece)));
        events.add(new EngineEvent.SampleFinished(0, FinishReason.STOP, null));
        events.add(completed());
        return events;
    }

    private static EngineEvent delta(int sample, String text) {
        return new EngineEvent.Delta(sample, text, new int[]{1}, List.of());
    }

    private static EngineEvent completed() {
        return new EngineEvent.Completed(new EngineEvent.Usage(3, 4, 0));
    }

    private static ChatCompletion whole(ChatJob job, List<EngineEvent> events) {
        return Objects.requireNonNull(ChatAnswers.whole(job, Flux.fromIterable(events)).block());
    }

    private static List<ChatCompletionChunk> chunks(ChatJob job, List<EngineEvent> events) {
        return Objects.requireNonNull(ChatAnswers.chunks(job, Flux.fromIterable(events)).collectList().block());
    }

    private static ChatJob job(boolean includeReasoning, boolean parallelToolCalls) {
        SamplingParams sampling = SamplingParams.greedy(100).build();
        OutputDialect dialect = OutputDialect.of("qwen3", "hermes");
        return new ChatJob(null, new AnswerHeader("chatcmpl-1", 0, "m", "f"),
                new GenerationRequest("chatcmpl-1", new int[]{1, 2, 3}, sampling),
                () -> dialect.parser("<|im_start|>assistant\n", true, () -> "chatcmpl-tool-1"), true,
                StreamOptions.NONE,
                new TokenTexts(null, false), false, includeReasoning, parallelToolCalls, false, true, "assistant");
    }
}
