package io.barista.modelservice.responses;

import io.barista.openai.chat.ChatMessage;
import io.barista.openai.responses.Response;
import java.util.List;

/**
 * A response that follow-ups may refer to.
 *
 * @param conversation all messages that led to it, its own among them, without instructions
 */
public record StoredResponse(Response response, List<ChatMessage> conversation) {}
