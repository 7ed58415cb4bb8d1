package io.barista.modelservice.chat;

import io.barista.engine.EngineEvent;
import io.barista.engine.chat.MessageDelta;
import io.barista.modelservice.answer.UsageCounter;
import io.barista.openai.Usage;
import io.barista.openai.chat.ChatCompletionChunk;
import io.barista.openai.chat.ChatCompletionChunk.Delta;
import io.barista.openai.chat.ChatCompletionChunk.ToolCallDelta;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of one streamed chat, event by event. Every choice begins with its role and ends with one finish reason; a usage
 * chunk without choices comes last, if asked for.
 */
final class ChatChunks {

    private final ChatJob job;
    private final Map<Integer, ChoiceReader> readers = new HashMap<>();
    private final UsageCounter usage;

    ChatChunks(ChatJob job) {
        this.job = job;
        this.usage = new UsageCounter(job.generation().promptTokens().length, 1, job.countsReasoning());
    }

    List<ChatCompletionChunk> on(EngineEvent event) {
        List<ChatCompletionChunk> chunks = new ArrayList<>();
        switch (event) {
            case EngineEvent.PromptLogprobs _ -> {
            }
            case EngineEvent.Delta delta -> {
                ChoiceReader reader = reader(delta.sample(), chunks);
                usage.add(delta);
                int reasoned = reader.reasoningTokens();
                List<MessageDelta> deltas = reader.read(delta);
                usage.addReasoning(reader.reasoningTokens() - reasoned);
                deltas.forEach(part -> chunks.add(chunk(delta.sample(), reader, part)));
            }
            case EngineEvent.SampleFinished finished -> {
                ChoiceReader reader = reader(finished.sample(), chunks);
                reader.finish().forEach(part -> chunks.add(chunk(finished.sample(), reader, part)));
                chunks.add(last(finished, reader));
            }
            case EngineEvent.Completed completed -> {
                usage.add(completed);
                if (job.streamOptions().includeUsage()) {
                    chunks.add(chunk(List.of(), usage.usage(), null));
                }
            }
            case EngineEvent.Failed failed -> throw failed.error();
        }
        return chunks;
    }

    /** The reader of a choice; at the choice's first event its opening chunk comes before anything else. */
    private ChoiceReader reader(int sample, List<ChatCompletionChunk> chunks) {
        return readers.computeIfAbsent(sample, _ -> {
            List<Integer> promptIds = job.returnTokenIds() && readers.isEmpty()
                    ? Arrays.stream(job.generation().promptTokens()).boxed().toList()
                    : null;
            chunks.add(chunk(
                    List.of(new ChatCompletionChunk.Choice(sample, Delta.opening(job.role()), null, null, null, null)),
                    soFar(), promptIds));
            return new ChoiceReader(job);
        });
    }

    private ChatCompletionChunk chunk(int sample, ChoiceReader reader, MessageDelta part) {
        return chunk(List.of(new ChatCompletionChunk.Choice(sample, delta(part), reader.takeLogprobs(), null, null,
                reader.takeTokenIds())), soFar(), null);
    }

    private ChatCompletionChunk last(EngineEvent.SampleFinished finished, ChoiceReader reader) {
        return chunk(List.of(new ChatCompletionChunk.Choice(finished.sample(), Delta.empty(), reader.takeLogprobs(),
                reader.finishReason(finished.reason()), finished.matched(), reader.takeTokenIds())), soFar(), null);
    }

    private static Delta delta(MessageDelta part) {
        return switch (part) {
            case MessageDelta.ContentDelta(String text) -> Delta.content(text);
            case MessageDelta.ReasoningDelta(String text) -> Delta.reasoning(text);
            case MessageDelta.ToolCallStart(int index, String id, String name) ->
                Delta.toolCalls(List.of(ToolCallDelta.opening(index, id, name)));
            case MessageDelta.ToolCallArguments(int index, String fragment) ->
                Delta.toolCalls(List.of(ToolCallDelta.arguments(index, fragment)));
        };
    }

    private @Nullable Usage soFar() {
        return job.streamOptions().continuousUsageStats() ? usage.usage() : null;
    }

    private ChatCompletionChunk chunk(List<ChatCompletionChunk.Choice> choices, @Nullable Usage usage,
            @Nullable List<Integer> promptTokenIds) {
        return new ChatCompletionChunk(job.header().id(), ChatCompletionChunk.OBJECT, job.header().created(),
                job.header().model(), choices, usage, job.header().fingerprint(), promptTokenIds);
    }
}
