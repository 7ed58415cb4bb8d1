package io.barista.openai.responses;

import io.barista.openai.NamedEvent;
import io.barista.openai.chat.ChatLogprobs;
import java.util.List;

/** An event of a streamed response; sequence numbers count up from 0. */
public sealed interface ResponseEvent extends NamedEvent {

    int sequenceNumber();

    /** {@code response.created}, {@code .in_progress}, and the last one: {@code .completed}, {@code .incomplete} or {@code .failed}. */
    record Lifecycle(String type, int sequenceNumber, Response response) implements ResponseEvent {}

    /** {@code response.output_item.added} and {@code .done}. */
    record Item(String type, int sequenceNumber, int outputIndex, OutputItem item) implements ResponseEvent {}

    /** {@code response.content_part.added} and {@code .done}. */
    record Part(String type, int sequenceNumber, String itemId, int outputIndex, int contentIndex,
            OutputItem.Part part) implements ResponseEvent {}

    record TextDelta(String type, int sequenceNumber, String itemId, int outputIndex, int contentIndex, String delta,
            List<ChatLogprobs.Entry> logprobs) implements ResponseEvent {}

    record TextDone(String type, int sequenceNumber, String itemId, int outputIndex, int contentIndex, String text,
            List<ChatLogprobs.Entry> logprobs) implements ResponseEvent {}

    record ReasoningDelta(String type, int sequenceNumber, String itemId, int outputIndex, int contentIndex,
            String delta) implements ResponseEvent {}

    record ReasoningDone(String type, int sequenceNumber, String itemId, int outputIndex, int contentIndex,
            String text) implements ResponseEvent {}

    record ArgumentsDelta(String type, int sequenceNumber, String itemId, int outputIndex,
            String delta) implements ResponseEvent {}

    record ArgumentsDone(String type, int sequenceNumber, String itemId, int outputIndex, String name,
            String arguments) implements ResponseEvent {}
}
