package io.barista.engine.chat.tools;

import io.barista.engine.chat.MessageDelta;
import io.barista.engine.chat.PartialTag;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * {@code <tool_call>{"name": ..., "arguments": {...}}</tool_call>}, any number of them, as Hermes, Qwen2.5 and Qwen3 write it.
 *
 * <p>Text around calls is content; white space alone before, between or after calls is not. A call that is not valid JSON of this shape
 * is content too, with its tags. The last call may lack its closing tag.
 */
final class HermesToolCalls implements ToolCallParser {

    static final String OPEN = "<tool_call>";
    private static final String CLOSE = "</tool_call>";

    static final ToolCallFormat FORMAT = new ToolCallFormat() {

        @Override
        public ToolCallParser parser(Supplier<String> callIds) {
            return new HermesToolCalls(callIds);
        }

        @Override
        public Set<String> openingTags() {
            return Set.of(OPEN);
        }
    };

    private final Supplier<String> callIds;
    private final StringBuilder pending = new StringBuilder();
    private final JsonTextScanner scanner = new JsonTextScanner();

    /** Whether {@link #pending} starts after an opening tag. */
    private boolean inCall;

    /** Whether nothing but white space came since the start or the last call. */
    private boolean onlySpace = true;

    private int calls;

    HermesToolCalls(Supplier<String> callIds) {
        this.callIds = callIds;
    }

    @Override
    public void append(String text, Consumer<MessageDelta> output) {
        pending.append(text);
        boolean more = true;
        while (more) {
            more = inCall ? readCall(output) : readText(output);
        }
    }

    @Override
    public void finish(Consumer<MessageDelta> output) {
        while (inCall) {
            int tag = scanner.findOutsideStrings(pending, '<');
            int end = tag < 0 ? pending.length() : tag;
            endCall(end, pending.length() - end, output);
            append("", output);
        }
        if (!onlySpace || calls == 0 || !pending.toString().isBlank()) {
            giveText(pending.length(), output);
        }
    }

    /** @return whether there is more to do with what is pending */
    private boolean readText(Consumer<MessageDelta> output) {
        int open = pending.indexOf(OPEN);
        int end = open >= 0 ? open : PartialTag.start(pending, Set.of(OPEN));
        if (!onlySpace || !pending.substring(0, end).isBlank()) {
            giveText(end, output);
        } else if (open > 0) {
            pending.delete(0, open);
        }
        if (open < 0) {
            return false;
        }
        pending.delete(0, OPEN.length());
        inCall = true;
        scanner.reset();
        return true;
    }

    private boolean readCall(Consumer<MessageDelta> output) {
        int tag = scanner.findOutsideStrings(pending, '<');
        if (tag < 0) {
            return false;
        }
        String rest = pending.substring(tag);
        if (CLOSE.startsWith(rest) && !CLOSE.equals(rest)) {
            return false;
        }
        endCall(tag, rest.startsWith(CLOSE) ? CLOSE.length() : 0, output);
        return true;
    }

    /** The call's text ends at {@code end}: gives the call, or its opening tag as text and starts again behind that. */
    private void endCall(int end, int tagLength, Consumer<MessageDelta> output) {
        inCall = false;
        Optional<NamedCall> call = NamedCall.parse(pending.substring(0, end));
        if (call.isEmpty()) {
            output.accept(new MessageDelta.ContentDelta(OPEN));
            onlySpace = false;
            return;
        }
        output.accept(new MessageDelta.ToolCallStart(calls, callIds.get(), call.get().name()));
        output.accept(new MessageDelta.ToolCallArguments(calls, call.get().arguments()));
        calls++;
        onlySpace = true;
        pending.delete(0, end + tagLength);
    }

    private void giveText(int length, Consumer<MessageDelta> output) {
        if (length > 0) {
            output.accept(new MessageDelta.ContentDelta(pending.substring(0, length)));
            pending.delete(0, length);
            onlySpace = false;
        }
    }
}
