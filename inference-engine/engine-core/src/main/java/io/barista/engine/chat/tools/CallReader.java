package io.barista.engine.chat.tools;

import io.barista.engine.chat.MessageDelta;
import io.barista.engine.chat.PartialTag;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What the dialects have in common: text until a tag, calls behind it, text again. White space alone around calls is no content.
 * Subclasses read the calls.
 */
abstract class CallReader implements ToolCallParser {

    /** What became of the text behind an opening tag. */
    enum Progress {
        /** More text is needed. */
        WAIT,
        /** Something was taken from {@link #pending}; look again. */
        AGAIN,
        /** The calls are over: text follows. */
        DONE,
        /** No call: the tag was text, and so is what follows until the next one. */
        BROKEN
    }

    private final String opening;
    private final Supplier<String> callIds;

    /** Text that is not given yet; starts behind the opening tag while a call is read. */
    final StringBuilder pending = new StringBuilder();

    private boolean inCall;
    private boolean onlySpace = true;
    private int calls;

    CallReader(String opening, Supplier<String> callIds) {
        this.opening = opening;
        this.callIds = callIds;
    }

    /** An opening tag was found; {@link #pending} starts behind it. */
    abstract void begin();

    /** @param last whether no more text comes, so that {@code WAIT} is no answer */
    abstract Progress read(boolean last, Consumer<MessageDelta> output);

    @Override
    public final void append(String text, Consumer<MessageDelta> output) {
        pending.append(text);
        run(false, output);
    }

    @Override
    public final void finish(Consumer<MessageDelta> output) {
        run(true, output);
        if (!onlySpace || calls == 0 || !pending.toString().isBlank()) {
            giveText(pending.length(), output);
        }
    }

    /** Gives the start of the next call. */
    final void startCall(String name, Consumer<MessageDelta> output) {
        output.accept(new MessageDelta.ToolCallStart(calls++, callIds.get(), name));
        onlySpace = true;
    }

    /** Gives more arguments of the latest call. */
    final void giveArguments(String fragment, Consumer<MessageDelta> output) {
        if (!fragment.isEmpty()) {
            output.accept(new MessageDelta.ToolCallArguments(calls - 1, fragment));
        }
    }

    private void run(boolean last, Consumer<MessageDelta> output) {
        boolean more = true;
        while (more) {
            more = inCall ? readCall(last, output) : readText(output);
        }
    }

    private boolean readText(Consumer<MessageDelta> output) {
        int open = pending.indexOf(opening);
        int end = open >= 0 ? open : PartialTag.start(pending, Set.of(opening));
        if (!onlySpace || !pending.substring(0, end).isBlank()) {
            giveText(end, output);
        } else if (open > 0) {
            pending.delete(0, open);
        }
        if (open < 0) {
            return false;
        }
        pending.delete(0, opening.length());
        inCall = true;
        begin();
        return true;
    }

    private boolean readCall(boolean last, Consumer<MessageDelta> output) {
        return switch (read(last, output)) {
            case WAIT -> false;
            case AGAIN -> true;
            case DONE -> {
                inCall = false;
                yield true;
            }
            case BROKEN -> {
                inCall = false;
                output.accept(new MessageDelta.ContentDelta(opening));
                onlySpace = false;
                yield true;
            }
        };
    }

    private void giveText(int length, Consumer<MessageDelta> output) {
        if (length > 0) {
            output.accept(new MessageDelta.ContentDelta(pending.substring(0, length)));
            pending.delete(0, length);
            onlySpace = false;
        }
    }
}
