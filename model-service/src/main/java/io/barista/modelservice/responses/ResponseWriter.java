package io.barista.modelservice.responses;

import io.barista.openai.chat.ChatCompletionChunk;
import io.barista.openai.chat.ChatCompletionChunk.Delta;
import io.barista.openai.chat.ChatCompletionChunk.ToolCallDelta;
import io.barista.openai.chat.ChatLogprobs;
import io.barista.openai.error.ApiException;
import io.barista.openai.responses.OutputItem;
import io.barista.openai.responses.Response;
import io.barista.openai.responses.ResponseEvent;
import io.barista.openai.responses.ResponseUsage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One response, from the chunks of a chat: event by event, and whole once all chunks are there. */
final class ResponseWriter {

    private final ItemEvents events = new ItemEvents();
    private final List<OutputItem> items = new ArrayList<>();
    private Response response;
    private @Nullable OpenItem open;
    private boolean begun;
    private boolean cut;

    ResponseWriter(Response begun) {
        this.response = begun;
    }

    /** What a stream sends after this chunk. */
    List<ResponseEvent> on(ChatCompletionChunk chunk) {
        if (!begun) {
            begun = true;
            events.lifecycle("response.created", response);
            events.lifecycle("response.in_progress", response);
        }
        for (ChatCompletionChunk.Choice choice : chunk.choices()) {
            add(choice.delta(), choice.logprobs() == null ? List.of() : choice.logprobs().content());
            if (choice.finishReason() != null) {
                cut = choice.finishReason().equals("length");
                close(cut ? "incomplete" : "completed");
            }
        }
        if (chunk.choices().isEmpty() && chunk.usage() != null) {
            end(ResponseUsage.of(chunk.usage()));
        }
        return events.take();
    }

    /** What a stream that has begun sends when the generation fails. */
    List<ResponseEvent> fail(ApiException failure) {
        response = response.failed(List.copyOf(items), failure);
        events.lifecycle("response.failed", response);
        return events.take();
    }

    boolean hasBegun() {
        return begun;
    }

    /** As it is now; whole after the last chunk. */
    Response response() {
        return response;
    }

    private void end(ResponseUsage usage) {
        List<OutputItem> output = List.copyOf(items);
        response = cut ? response.incomplete(output, usage) : response.completed(output, usage);
        events.lifecycle("response." + response.status(), response);
    }

    private void add(Delta delta, List<ChatLogprobs.Entry> logprobs) {
        if (delta.reasoning() != null) {
            OpenItem item = open(OpenItem.Kind.REASONING);
            item.append(delta.reasoning());
            events.reasoning(items.size(), item, delta.reasoning());
        }
        if (delta.content() != null && !delta.content().isEmpty()) {
            OpenItem item = open(OpenItem.Kind.MESSAGE);
            item.append(delta.content());
            item.append(logprobs);
            events.text(items.size(), item, delta.content(), logprobs);
        } else if (open != null && open.kind() == OpenItem.Kind.MESSAGE) {
            open.append(logprobs); // of the tokens behind the last text, such as the one that ends it
        }
        if (delta.toolCalls() != null) {
            delta.toolCalls().forEach(this::add);
        }
    }

    private void add(ToolCallDelta call) {
        if (call.id() != null && call.function().name() != null) {
            close("completed");
            begin(OpenItem.call(call.id(), call.function().name()));
        }
        String piece = call.function().arguments();
        if (open != null && !piece.isEmpty()) {
            open.append(piece);
            events.arguments(items.size(), open, piece);
        }
    }

    private OpenItem open(OpenItem.Kind kind) {
        OpenItem current = open;
        if (current != null && current.kind() == kind) {
            return current;
        }
        close("completed");
        return begin(OpenItem.of(kind));
    }

    private OpenItem begin(OpenItem item) {
        open = item;
        events.begin(items.size(), item);
        return item;
    }

    private void close(String status) {
        if (open != null) {
            OutputItem whole = open.whole(status);
            events.end(items.size(), open, whole);
            items.add(whole);
            open = null;
        }
    }
}
