package io.barista.modelservice.chat;

import io.barista.engine.GenerationRequest;
import io.barista.engine.chat.MessageParser;
import io.barista.modelservice.answer.AnswerHeader;
import io.barista.modelservice.answer.TokenTexts;
import io.barista.modelservice.engine.ServedModel;
import io.barista.openai.StreamOptions;
import java.util.function.Supplier;

/**
 * A chat request, checked and rendered: all that is left is to generate.
 *
 * @param parsers         makes a parser for each choice
 * @param callsNamedTool  whether the client named the call, whose end is then an ordinary stop, as in OpenAI's API
 * @param countsReasoning whether usage tells reasoning tokens apart
 * @param role            of the message that comes
 */
public record ChatJob(ServedModel model, AnswerHeader header, GenerationRequest generation,
        Supplier<MessageParser> parsers, boolean stream, StreamOptions streamOptions, TokenTexts tokenTexts,
        boolean returnTokenIds, boolean includeReasoning, boolean parallelToolCalls, boolean callsNamedTool,
        boolean countsReasoning, String role) {}
