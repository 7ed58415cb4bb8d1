package io.barista.engine.chat.tools;

import io.barista.engine.chat.MessageDelta;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * An output that is JSON calls from its start: {@code {"name": "f", "parameters": {...}}}, several of them after {@code ;},
 * perhaps behind {@code <|python_tag|>}, as Llama 3 writes it. Whatever starts otherwise, or breaks off, is content.
 */
final class PrefixedCalls implements ToolCallParser {

    private static final String TAG = "<|python_tag|>";

    static final ToolCallFormat LLAMA3 = new ToolCallFormat() {

        @Override
        public ToolCallParser parser(Supplier<String> callIds) {
            return new PrefixedCalls(callIds);
        }

        @Override
        public Set<String> openingTags() {
            return Set.of(TAG);
        }
    };

    private final Supplier<String> callIds;
    private final StringBuilder pending = new StringBuilder();
    private final JsonObjectEnd object = new JsonObjectEnd();
    private boolean isText;
    private int calls;

    PrefixedCalls(Supplier<String> callIds) {
        this.callIds = callIds;
    }

    @Override
    public void append(String text, Consumer<MessageDelta> output) {
        pending.append(text);
        boolean more = true;
        while (more && !isText) {
            more = readCall(output);
        }
        if (isText) {
            giveText(output);
        }
    }

    @Override
    public void finish(Consumer<MessageDelta> output) {
        if (calls == 0 || !pending.toString().isBlank()) {
            giveText(output);
        }
    }

    /** @return whether there is more to do with what is pending */
    private boolean readCall(Consumer<MessageDelta> output) {
        int start = start();
        if (start < 0 || start == pending.length()) {
            return false;
        }
        if (pending.charAt(start) != '{') {
            isText = !pending.toString().isBlank();
            return false;
        }
        object.reset();
        object.consumed(-start);
        int end = object.find(pending);
        if (end < 0) {
            return false;
        }
        Optional<NamedCall> call = NamedCall.parse(pending.substring(start, end));
        if (call.isEmpty()) {
            isText = true;
            return false;
        }
        output.accept(new MessageDelta.ToolCallStart(calls, callIds.get(), call.get().name()));
        output.accept(new MessageDelta.ToolCallArguments(calls, call.get().arguments()));
        calls++;
        pending.delete(0, end);
        return true;
    }

    /** Where the next call or other text starts, behind space, the tag and separators; -1 while that is not known. */
    private int start() {
        int position = 0;
        while (position < pending.length() && isSeparator(pending.charAt(position))) {
            position++;
        }
        String rest = pending.substring(position);
        if (rest.startsWith(TAG)) {
            position += TAG.length();
            while (position < pending.length() && Character.isWhitespace(pending.charAt(position))) {
                position++;
            }
            return position;
        }
        return TAG.startsWith(rest) && !rest.isEmpty() ? -1 : position;
    }

    private boolean isSeparator(char c) {
        return Character.isWhitespace(c) || calls > 0 && (c == ';' || c == ',');
    }

    private void giveText(Consumer<MessageDelta> output) {
        if (!pending.isEmpty()) {
            output.accept(new MessageDelta.ContentDelta(pending.toString()));
            pending.setLength(0);
        }
    }
}
