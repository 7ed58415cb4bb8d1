package io.barista.modelservice.responses;

import io.barista.modelservice.chat.ChatJob;
import io.barista.openai.chat.ChatMessage;
import io.barista.openai.responses.Response;
import java.util.List;

/**
 * A responses request, checked and rendered: all that is left is to generate.
 *
 * @param begun        the response before anything has been generated
 * @param conversation what the response answers, without instructions
 * @param stream       what the client asked for
 */
public record ResponseJob(ChatJob chat, Response begun, List<ChatMessage> conversation, boolean stream) {}
