package io.barista.modelservice.responses;

import io.barista.modelservice.chat.ChatJob;
import io.barista.modelservice.chat.ChatPreparation;
import io.barista.modelservice.engine.ServedModel;
import io.barista.modelservice.request.Arrival;
import io.barista.openai.chat.ChatMessage;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.openai.responses.Response;
import io.barista.openai.responses.ResponseId;
import io.barista.openai.responses.ResponsesRequest;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Checks a responses request as the chat it asks for, over the conversation it goes on with. */
public final class ResponsePreparation {

    /** What fields of a chat are called here. */
    private static final Map<String, String> NAMES = Map.of("messages", "input", "max_tokens", "max_output_tokens",
            "reasoning_effort", "reasoning.effort");

    private final ChatPreparation chats;
    private final ResponseStore store;

    public ResponsePreparation(ChatPreparation chats, ResponseStore store) {
        this.chats = chats;
        this.store = store;
    }

    /**
     * @param replicaTag becomes a part of the response's id; null for none
     * @throws ApiException with the field at fault
     */
    public ResponseJob prepare(ResponsesRequest request, ServedModel model, Arrival arrival,
            @Nullable String replicaTag) {
        model.requireName(request.chat().model());
        List<ChatMessage> before = before(request.settings().previousResponseId());
        ChatJob chat;
        try {
            chat = chats.prepare(request.chat().over(request.conversation(before)), model, arrival);
        } catch (ApiException e) {
            throw e.param() != null && NAMES.containsKey(e.param())
                    ? new ApiException(e.code(), String.valueOf(e.getMessage()), NAMES.get(e.param()), e.getCause())
                    : e;
        }
        Response begun = Response.begun(ResponseId.next(replicaTag), chat.header().created(), request.background(),
                chat.header().model(), request.settings());
        return new ResponseJob(chat, begun, Stream.concat(before.stream(), request.chat().messages().stream()).toList(),
                request.stream());
    }

    private List<ChatMessage> before(@Nullable String previous) {
        if (previous == null) {
            return List.of();
        }
        StoredResponse stored = store.find(previous)
                .orElseThrow(() -> ApiException.of(ErrorCode.PREVIOUS_RESPONSE_NOT_FOUND, "previous_response_id",
                        "Previous response with id '%s' not found.", previous));
        if (!stored.response().hasEnded()) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "previous_response_id",
                    "Response '%s' is still in progress; wait for its end.", previous);
        }
        return stored.conversation();
    }
}
