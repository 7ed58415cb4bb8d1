package io.barista.engine.chat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A whole message, as a client that does not stream gets it.
 *
 * @param content   null when the model wrote none: all was reasoning, or tool calls only
 * @param reasoning null when the model wrote none
 */
public record ParsedMessage(@Nullable String content, @Nullable String reasoning, List<ToolCall> toolCalls) {

    /** @param arguments a JSON object as text */
    public record ToolCall(String id, String name, String arguments) {}

    /** Reads a complete output. */
    public static ParsedMessage parse(MessageParser parser, String text) {
        List<MessageDelta> deltas = new ArrayList<>(parser.append(text));
        deltas.addAll(parser.finish());
        return join(deltas);
    }

    /** What a client has after it joined all deltas of a message. */
    public static ParsedMessage join(List<MessageDelta> deltas) {
        StringBuilder content = new StringBuilder();
        StringBuilder reasoning = new StringBuilder();
        Map<Integer, ToolCall> calls = new LinkedHashMap<>();
        for (MessageDelta delta : deltas) {
            switch (delta) {
                case MessageDelta.ContentDelta(String text) -> content.append(text);
                case MessageDelta.ReasoningDelta(String text) -> reasoning.append(text);
                case MessageDelta.ToolCallStart(int index, String id, String name) ->
                    calls.put(index, new ToolCall(id, name, ""));
                case MessageDelta.ToolCallArguments(int index, String fragment) -> calls.computeIfPresent(index,
                        (_, call) -> new ToolCall(call.id(), call.name(), call.arguments() + fragment));
            }
        }
        return new ParsedMessage(nullIfEmpty(content), nullIfEmpty(reasoning), List.copyOf(calls.values()));
    }

    private static @Nullable String nullIfEmpty(StringBuilder text) {
        return text.isEmpty() ? null : text.toString();
    }
}
