package io.barista.engine.chat.tools;

import io.barista.engine.chat.MessageDelta;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An answer that is {@code [{"name": "f", "parameters": {...}}, ...]} and nothing else, as a grammar makes it. The arguments are given
 * while they are written.
 */
public final class ListedCalls implements ToolCallParser {

    private static final Pattern BEGINNING = Pattern.compile("[\\[\\s},]*\\{\\s*\"name\"\\s*:\\s*"
            + "(\"(?:[^\"\\\\]|\\\\.)*\")\\s*,\\s*\"(?:parameters|arguments)\"\\s*:\\s*(?=\\{)", Pattern.DOTALL);

    private final Supplier<String> callIds;
    private final StringBuilder pending = new StringBuilder();
    private final JsonObjectEnd arguments = new JsonObjectEnd();
    private boolean inArguments;
    private int calls;

    public ListedCalls(Supplier<String> callIds) {
        this.callIds = callIds;
    }

    @Override
    public void append(String text, Consumer<MessageDelta> output) {
        pending.append(text);
        boolean more = true;
        while (more) {
            more = inArguments ? readArguments(output) : readBeginning(output);
        }
    }

    @Override
    public void finish(Consumer<MessageDelta> output) {
        // an answer that was cut off before a call's arguments has said nothing that a client could use
    }

    private boolean readBeginning(Consumer<MessageDelta> output) {
        Matcher matcher = BEGINNING.matcher(pending);
        if (!matcher.lookingAt()) {
            return false;
        }
        output.accept(new MessageDelta.ToolCallStart(calls, callIds.get(), JsonStrings.decode(matcher.group(1))));
        pending.delete(0, matcher.end());
        arguments.reset();
        inArguments = true;
        return true;
    }

    private boolean readArguments(Consumer<MessageDelta> output) {
        int end = arguments.find(pending);
        int certain = end < 0 ? pending.length() : end;
        if (certain > 0) {
            output.accept(new MessageDelta.ToolCallArguments(calls, pending.substring(0, certain)));
            pending.delete(0, certain);
            arguments.consumed(certain);
        }
        if (end < 0) {
            return false;
        }
        calls++;
        inArguments = false;
        return true;
    }
}
