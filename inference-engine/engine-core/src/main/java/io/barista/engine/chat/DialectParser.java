package io.barista.engine.chat;

import io.barista.engine.chat.reasoning.ReasoningParser;
import io.barista.engine.chat.tools.ToolCallParser;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reasoning first, then tool calls in what is left. */
final class DialectParser implements MessageParser {

    private final @Nullable ReasoningParser reasoning;
    private final @Nullable ToolCallParser toolCalls;

    /** @param reasoning null when the model's reasoning is not to be told from its content; toolCalls likewise */
    DialectParser(@Nullable ReasoningParser reasoning, @Nullable ToolCallParser toolCalls) {
        this.reasoning = reasoning;
        this.toolCalls = toolCalls;
    }

    @Override
    public List<MessageDelta> append(String text) {
        Deltas deltas = new Deltas();
        if (reasoning != null) {
            reasoning.append(text, deltas);
        } else if (!text.isEmpty()) {
            deltas.content(text);
        }
        return deltas.list;
    }

    @Override
    public List<MessageDelta> finish() {
        Deltas deltas = new Deltas();
        if (reasoning != null) {
            reasoning.finish(deltas);
        }
        if (toolCalls != null) {
            toolCalls.finish(deltas.list::add);
        }
        return deltas.list;
    }

    @Override
    public boolean isReasoning() {
        return reasoning != null && reasoning.isReasoning();
    }

    private final class Deltas implements ReasoningParser.Output {

        private final List<MessageDelta> list = new ArrayList<>();

        @Override
        public void reasoning(String text) {
            list.add(new MessageDelta.ReasoningDelta(text));
        }

        @Override
        public void content(String text) {
            if (toolCalls != null) {
                toolCalls.append(text, list::add);
            } else {
                list.add(new MessageDelta.ContentDelta(text));
            }
        }
    }
}
