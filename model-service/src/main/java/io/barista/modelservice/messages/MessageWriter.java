package io.barista.modelservice.messages;

import io.barista.openai.Usage;
import io.barista.openai.chat.ChatCompletionChunk;
import io.barista.openai.chat.ChatCompletionChunk.Delta;
import io.barista.openai.chat.ChatCompletionChunk.ToolCallDelta;
import io.barista.openai.messages.ContentBlock;
import io.barista.openai.messages.Message;
import io.barista.openai.messages.MessageEvent;
import io.barista.openai.messages.MessageUsage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One message, from the chunks of a chat: event by event, and whole once all chunks are there. */
final class MessageWriter {

    private final String id;
    private final String model;
    private final int promptTokens;
    private final List<ContentBlock> blocks = new ArrayList<>();
    private @Nullable OpenBlock open;
    private boolean begun;
    private boolean called;
    private Message.StopReason stop = new Message.StopReason("end_turn", null);
    private MessageUsage usage;

    MessageWriter(String id, String model, int promptTokens) {
        this.id = id;
        this.model = model;
        this.promptTokens = promptTokens;
        this.usage = MessageUsage.of(promptTokens, 0, 0);
    }

    /** What a stream sends after this chunk. */
    List<MessageEvent> on(ChatCompletionChunk chunk) {
        List<MessageEvent> events = new ArrayList<>();
        if (!begun) {
            begun = true;
            events.add(MessageEvent.start(Message.of(id, model, List.of(), null, usage)));
            events.add(MessageEvent.ping());
        }
        for (ChatCompletionChunk.Choice choice : chunk.choices()) {
            add(choice.delta(), events);
            if (choice.finishReason() != null) {
                close(events);
                stop = stopReason(choice.finishReason(), choice.stopReason());
            }
        }
        if (chunk.choices().isEmpty() && chunk.usage() != null) {
            usage = usage(chunk.usage());
            events.add(MessageEvent.delta(stop, usage));
            events.add(MessageEvent.stop());
        }
        return events;
    }

    /** The whole, after the last chunk. */
    Message message() {
        return Message.of(id, model, List.copyOf(blocks), stop, usage);
    }

    private void add(Delta delta, List<MessageEvent> events) {
        if (delta.reasoning() != null) {
            open(OpenBlock.Kind.THINKING, events).append(delta.reasoning());
            events.add(MessageEvent.thinking(blocks.size(), delta.reasoning()));
        }
        if (delta.content() != null && !delta.content().isEmpty()) {
            open(OpenBlock.Kind.TEXT, events).append(delta.content());
            events.add(MessageEvent.text(blocks.size(), delta.content()));
        }
        if (delta.toolCalls() != null) {
            delta.toolCalls().forEach(call -> add(call, events));
        }
    }

    private void add(ToolCallDelta call, List<MessageEvent> events) {
        if (call.id() != null && call.function().name() != null) {
            called = true;
            close(events);
            begin(OpenBlock.toolUse(call.id(), call.function().name()), events);
        }
        String piece = call.function().arguments();
        if (open != null && !piece.isEmpty()) {
            open.append(piece);
            events.add(MessageEvent.inputJson(blocks.size(), piece));
        }
    }

    private OpenBlock open(OpenBlock.Kind kind, List<MessageEvent> events) {
        OpenBlock current = open;
        if (current != null && current.kind() == kind) {
            return current;
        }
        close(events);
        return begin(OpenBlock.of(kind), events);
    }

    private OpenBlock begin(OpenBlock block, List<MessageEvent> events) {
        open = block;
        events.add(MessageEvent.blockStart(blocks.size(), block.beginning()));
        return block;
    }

    private void close(List<MessageEvent> events) {
        if (open != null) {
            events.add(MessageEvent.blockStop(blocks.size()));
            blocks.add(open.whole());
            open = null;
        }
    }

    private Message.StopReason stopReason(String finishReason, @Nullable Object matched) {
        if (called && !finishReason.equals("length")) {
            return new Message.StopReason("tool_use", null);
        }
        if (finishReason.equals("length")) {
            return new Message.StopReason("max_tokens", null);
        }
        return matched instanceof String sequence
                ? new Message.StopReason("stop_sequence", sequence)
                : new Message.StopReason("end_turn", null);
    }

    private MessageUsage usage(Usage total) {
        Usage.PromptTokensDetails details = total.promptTokensDetails();
        return MessageUsage.of(promptTokens, details == null ? 0 : details.cachedTokens(), total.completionTokens());
    }
}
