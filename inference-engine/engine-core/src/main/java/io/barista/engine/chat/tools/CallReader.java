package io.barista.engine.chat.tools;

import io.barista.engine.chat.MessageDelta;
import io.barista.engine.chat.PartialTag;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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

    private final Set<String> openings;
    private final Supplier<String> callIds;

    /** Text that is not given yet; starts behind the opening tag while a call is read. */
    final StringBuilder pending = new StringBuilder();

    /** What was taken from {@link #pending} since text ended and no call has begun: content again if none does. */
    private final StringBuilder opened = new StringBuilder();

    private boolean inCall;
    private boolean onlySpace = true;
    private int calls;

    /** @param openings what calls may begin with */
    CallReader(Set<String> openings, Supplier<String> callIds) {
        this.openings = openings;
        this.callIds = callIds;
    }

    /** An opening tag was found; {@link #pending} starts behind it. */
    abstract void begin(String opening);

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

    /** Takes so much from the front of {@link #pending}, for as long as no call has begun. */
    final void open(int length) {
        opened.append(pending, 0, length);
        pending.delete(0, length);
    }

    /** Whether nothing but white space came since the start or the last call. */
    final boolean isAtStart() {
        return onlySpace;
    }

    private void run(boolean last, Consumer<MessageDelta> output) {
        boolean more = true;
        while (more) {
            more = inCall ? readCall(last, output) : readText(output);
        }
    }

    private boolean readText(Consumer<MessageDelta> output) {
        String opening = firstOpening();
        int open = opening == null ? -1 : pending.indexOf(opening);
        int end = opening == null ? PartialTag.start(pending, openings) : open;
        if (!onlySpace || !pending.substring(0, end).isBlank()) {
            giveText(end, output);
        } else if (open > 0) {
            pending.delete(0, open);
        }
        if (opening == null) {
            return false;
        }
        opened.setLength(0);
        open(opening.length());
        inCall = true;
        begin(opening);
        return true;
    }

    private @Nullable String firstOpening() {
        String first = null;
        int start = pending.length();
        for (String opening : openings) {
            int at = pending.indexOf(opening);
            if (at >= 0 && at < start) {
                first = opening;
                start = at;
            }
        }
        return first;
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
                output.accept(new MessageDelta.ContentDelta(opened.toString()));
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
