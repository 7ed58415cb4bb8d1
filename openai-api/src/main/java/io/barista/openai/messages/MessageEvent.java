package io.barista.openai.messages;

import io.barista.openai.NamedEvent;

/** An event of a streamed message: start, ping, blocks one after the other, delta, stop. */
public sealed interface MessageEvent extends NamedEvent {

    record MessageStart(String type, Message message) implements MessageEvent {}

    record Ping(String type) implements MessageEvent {}

    record BlockStart(String type, int index, ContentBlock contentBlock) implements MessageEvent {}

    record BlockDelta(String type, int index, Delta delta) implements MessageEvent {}

    record BlockStop(String type, int index) implements MessageEvent {}

    record MessageDelta(String type, Message.StopReason delta, MessageUsage usage) implements MessageEvent {}

    record MessageStop(String type) implements MessageEvent {}

    /** What a block grew by. */
    sealed interface Delta {

        record Text(String type, String text) implements Delta {}

        record Thinking(String type, String thinking) implements Delta {}

        record InputJson(String type, String partialJson) implements Delta {}
    }

    static MessageEvent start(Message message) {
        return new MessageStart("message_start", message);
    }

    static MessageEvent ping() {
        return new Ping("ping");
    }

    static MessageEvent blockStart(int index, ContentBlock block) {
        return new BlockStart("content_block_start", index, block);
    }

    static MessageEvent text(int index, String text) {
        return new BlockDelta("content_block_delta", index, new Delta.Text("text_delta", text));
    }

    static MessageEvent thinking(int index, String thoughts) {
        return new BlockDelta("content_block_delta", index, new Delta.Thinking("thinking_delta", thoughts));
    }

    static MessageEvent inputJson(int index, String piece) {
        return new BlockDelta("content_block_delta", index, new Delta.InputJson("input_json_delta", piece));
    }

    static MessageEvent blockStop(int index) {
        return new BlockStop("content_block_stop", index);
    }

    static MessageEvent delta(Message.StopReason stop, MessageUsage usage) {
        return new MessageDelta("message_delta", stop, usage);
    }

    static MessageEvent stop() {
        return new MessageStop("message_stop");
    }
}
