package io.barista.modelservice.chat;

import io.barista.engine.EngineEvent;
import io.barista.engine.EngineEvent.TokenLogprobs;
import io.barista.engine.chat.MessageDelta;
import io.barista.engine.chat.ParsedMessage;
import io.barista.modelservice.answer.PromptLogprobs;
import io.barista.modelservice.answer.UsageCounter;
import io.barista.openai.chat.AssistantMessage;
import io.barista.openai.chat.ChatCompletion;
import io.barista.openai.chat.ToolCall;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The whole answer to a chat, gathered from the engine's events. */
final class ChatCollector {

    private final ChatJob job;
    private final SortedMap<Integer, Choice> choices = new TreeMap<>();
    private final UsageCounter usage;
    private List<TokenLogprobs> promptLogprobs = List.of();

    private static final class Choice {

        private final ChoiceReader reader;
        private final List<MessageDelta> deltas = new ArrayList<>();
        private EngineEvent.@Nullable SampleFinished finished;

        Choice(ChoiceReader reader) {
            this.reader = reader;
        }
    }

    ChatCollector(ChatJob job) {
        this.job = job;
        this.usage = new UsageCounter(job.generation().promptTokens().length, 1, job.countsReasoning());
    }

    void add(EngineEvent event) {
        switch (event) {
            case EngineEvent.PromptLogprobs prompt -> promptLogprobs = prompt.tokens();
            case EngineEvent.Delta delta -> {
                usage.add(delta);
                Choice choice = choice(delta.sample());
                choice.deltas.addAll(choice.reader.read(delta));
            }
            case EngineEvent.SampleFinished finished -> {
                Choice choice = choice(finished.sample());
                choice.deltas.addAll(choice.reader.finish());
                choice.finished = finished;
            }
            case EngineEvent.Completed completed -> usage.add(completed);
            case EngineEvent.Failed failed -> throw failed.error();
        }
    }

    ChatCompletion completion() {
        List<ChatCompletion.Choice> answers = new ArrayList<>();
        choices.forEach((sample, choice) -> {
            usage.addReasoning(choice.reader.reasoningTokens());
            answers.add(answer(sample, choice));
        });
        return new ChatCompletion(job.header().id(), ChatCompletion.OBJECT, job.header().created(),
                job.header().model(), answers, usage.usage(), job.header().fingerprint(),
                job.returnTokenIds() ? Arrays.stream(job.generation().promptTokens()).boxed().toList() : null,
                job.generation().sampling().promptLogprobs() == null
                        ? null
                        : PromptLogprobs.of(promptLogprobs, job.tokenTexts()));
    }

    private Choice choice(int sample) {
        return choices.computeIfAbsent(sample, _ -> new Choice(new ChoiceReader(job)));
    }

    private ChatCompletion.Choice answer(int sample, Choice choice) {
        EngineEvent.SampleFinished finished = choice.finished;
        if (finished == null) {
            throw new IllegalStateException("sample %d of %s did not finish".formatted(sample, job.header().id()));
        }
        ParsedMessage parsed = ParsedMessage.join(choice.deltas);
        List<ToolCall> calls = parsed.toolCalls().stream()
                .map(call -> ToolCall.function(call.id(), call.name(), call.arguments())).toList();
        // a model that says nothing at all has said "", but one that only calls or only thinks has no content
        String content = parsed.content() == null && calls.isEmpty() && parsed.reasoning() == null
                ? ""
                : parsed.content();
        return new ChatCompletion.Choice(sample, AssistantMessage.of(job.role(), content, parsed.reasoning(), calls),
                choice.reader.takeLogprobs(), choice.reader.finishReason(finished.reason()), finished.matched(),
                choice.reader.takeTokenIds());
    }
}
