package io.barista.modelservice.responses;

import io.barista.openai.chat.ChatLogprobs;
import io.barista.openai.responses.OutputItem;
import io.barista.openai.responses.Response;
import io.barista.openai.responses.ResponseEvent;
import java.util.ArrayList;
import java.util.List;

/** The events of one stream, numbered as they are made, until {@link #take} fetches them. */
final class ItemEvents {

    private List<ResponseEvent> events = new ArrayList<>();
    private int sequence;

    /** What was made since the last call. */
    List<ResponseEvent> take() {
        List<ResponseEvent> taken = events;
        events = new ArrayList<>();
        return taken;
    }

    void lifecycle(String type, Response response) {
        events.add(new ResponseEvent.Lifecycle(type, sequence++, response));
    }

    /** @param index of the item in the output */
    void begin(int index, OpenItem item) {
        events.add(new ResponseEvent.Item("response.output_item.added", sequence++, index, item.beginning()));
        switch (item.kind()) {
            case MESSAGE -> part("response.content_part.added", index, item, OutputItem.text("", List.of()));
            case REASONING -> part("response.content_part.added", index, item, OutputItem.reasoningText(""));
            case FUNCTION_CALL -> {
            }
        }
    }

    void text(int index, OpenItem item, String piece, List<ChatLogprobs.Entry> logprobs) {
        events.add(new ResponseEvent.TextDelta("response.output_text.delta", sequence++, item.id(), index, 0, piece,
                logprobs));
    }

    void reasoning(int index, OpenItem item, String piece) {
        events.add(new ResponseEvent.ReasoningDelta("response.reasoning_text.delta", sequence++, item.id(), index, 0,
                piece));
    }

    void arguments(int index, OpenItem item, String piece) {
        events.add(new ResponseEvent.ArgumentsDelta("response.function_call_arguments.delta", sequence++, item.id(),
                index, piece));
    }

    void end(int index, OpenItem item, OutputItem whole) {
        switch (item.kind()) {
            case MESSAGE -> {
                events.add(new ResponseEvent.TextDone("response.output_text.done", sequence++, item.id(), index, 0,
                        item.text(), item.logprobs()));
                part("response.content_part.done", index, item, OutputItem.text(item.text(), item.logprobs()));
            }
            case REASONING -> {
                events.add(new ResponseEvent.ReasoningDone("response.reasoning_text.done", sequence++, item.id(), index,
                        0, item.text()));
                part("response.content_part.done", index, item, OutputItem.reasoningText(item.text()));
            }
            case FUNCTION_CALL -> events.add(new ResponseEvent.ArgumentsDone("response.function_call_arguments.done",
                    sequence++, item.id(), index, item.name(), item.text()));
        }
        events.add(new ResponseEvent.Item("response.output_item.done", sequence++, index, whole));
    }

    private void part(String type, int index, OpenItem item, OutputItem.Part part) {
        events.add(new ResponseEvent.Part(type, sequence++, item.id(), index, 0, part));
    }
}
