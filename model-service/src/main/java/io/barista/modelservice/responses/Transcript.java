package io.barista.modelservice.responses;

import io.barista.openai.chat.ChatMessage;
import io.barista.openai.chat.MessageContent;
import io.barista.openai.chat.ToolCall;
import io.barista.openai.responses.OutputItem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A response's output as the message of the assistant that it is in the conversation. */
final class Transcript {

    private Transcript() {}

    static List<ChatMessage> with(List<ChatMessage> conversation, List<OutputItem> output) {
        StringBuilder thoughts = new StringBuilder();
        StringBuilder text = new StringBuilder();
        List<ToolCall> calls = new ArrayList<>();
        for (OutputItem item : output) {
            switch (item) {
                case OutputItem.Message message -> message.content().forEach(part -> text.append(part.text()));
                case OutputItem.Reasoning reasoning ->
                    reasoning.content().forEach(part -> thoughts.append(part.text()));
                case OutputItem.FunctionCall call ->
                    calls.add(ToolCall.function(call.callId(), call.name(), call.arguments()));
            }
        }
        List<ChatMessage> whole = new ArrayList<>(conversation);
        MessageContent said = text.isEmpty() && !calls.isEmpty() ? null : new MessageContent.Text(text.toString());
        whole.add(new ChatMessage("assistant", said, null, orNull(thoughts), List.copyOf(calls), null));
        return List.copyOf(whole);
    }

    private static @Nullable String orNull(StringBuilder text) {
        return text.isEmpty() ? null : text.toString();
    }
}
