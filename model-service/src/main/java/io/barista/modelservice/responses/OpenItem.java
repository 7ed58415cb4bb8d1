package io.barista.modelservice.responses;

import io.barista.openai.chat.ChatLogprobs;
import io.barista.openai.responses.OutputItem;
import io.barista.openai.responses.ResponseId;
import java.util.ArrayList;
import java.util.List;

/** An item that is being written. */
final class OpenItem {

    enum Kind {

        MESSAGE("msg_"), REASONING("rs_"), FUNCTION_CALL("fc_");

        private final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }
    }

    private final Kind kind;
    private final String id;
    private final String callId;
    private final String name;
    private final StringBuilder text = new StringBuilder();
    private final List<ChatLogprobs.Entry> logprobs = new ArrayList<>();

    private OpenItem(Kind kind, String callId, String name) {
        this.kind = kind;
        this.id = ResponseId.item(kind.prefix);
        this.callId = callId;
        this.name = name;
    }

    static OpenItem of(Kind kind) {
        return new OpenItem(kind, "", "");
    }

    static OpenItem call(String callId, String name) {
        return new OpenItem(Kind.FUNCTION_CALL, callId, name);
    }

    Kind kind() {
        return kind;
    }

    String id() {
        return id;
    }

    String name() {
        return name;
    }

    String text() {
        return text.toString();
    }

    List<ChatLogprobs.Entry> logprobs() {
        return List.copyOf(logprobs);
    }

    void append(String piece) {
        text.append(piece);
    }

    void append(List<ChatLogprobs.Entry> entries) {
        logprobs.addAll(entries);
    }

    /** Before anything has been written. */
    OutputItem beginning() {
        return switch (kind) {
            case MESSAGE -> OutputItem.message(id, "in_progress", List.of());
            case REASONING -> OutputItem.reasoning(id, "in_progress", List.of());
            case FUNCTION_CALL -> OutputItem.functionCall(id, callId, name, "", "in_progress");
        };
    }

    /** @param status {@code completed} or {@code incomplete} */
    OutputItem whole(String status) {
        return switch (kind) {
            case MESSAGE -> OutputItem.message(id, status, List.of(OutputItem.text(text(), logprobs())));
            case REASONING -> OutputItem.reasoning(id, status, List.of(OutputItem.reasoningText(text())));
            case FUNCTION_CALL -> OutputItem.functionCall(id, callId, name, text(), status);
        };
    }
}
