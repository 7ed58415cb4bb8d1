package io.barista.engine.chat.reasoning;

import io.barista.engine.chat.PartialTag;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reasoning between an opening tag, that may be missing, and a closing one. */
final class TaggedReasoning implements ReasoningParser {

    private enum State {
        /** Nothing but white space came, or the beginning of the opening tag. */
        START,
        REASONING,
        CONTENT
    }

    private final ReasoningTags format;
    private final boolean startsInside;
    private final Set<String> endTags;

    private final StringBuilder pending = new StringBuilder();
    private State state = State.START;

    TaggedReasoning(ReasoningTags format, boolean startsInside, Set<String> endedBy) {
        this.format = format;
        this.startsInside = startsInside;
        this.endTags = Stream.concat(Stream.of(format.closingTag()), endedBy.stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public void append(String text, Output output) {
        pending.append(text);
        if (state == State.START) {
            start();
        }
        if (state == State.REASONING) {
            reason(output);
        }
        if (state == State.CONTENT) {
            give(pending.length(), output);
        }
    }

    @Override
    public void finish(Output output) {
        if (state == State.START) {
            state = startsInside ? State.REASONING : State.CONTENT;
        }
        give(pending.length(), output);
    }

    @Override
    public boolean isReasoning() {
        return state == State.REASONING || state == State.START && startsInside;
    }

    private void start() {
        String text = pending.toString().stripLeading();
        if (text.startsWith(format.openingTag())) {
            pending.replace(0, pending.length(), text.substring(format.openingTag().length()));
            state = State.REASONING;
        } else if (!format.openingTag().startsWith(text)) {
            state = startsInside ? State.REASONING : State.CONTENT;
        }
    }

    private void reason(Output output) {
        int end = -1;
        String endTag = "";
        for (String tag : endTags) {
            int at = pending.indexOf(tag);
            if (at >= 0 && (end < 0 || at < end)) {
                end = at;
                endTag = tag;
            }
        }
        if (end < 0) {
            give(PartialTag.start(pending, endTags), output);
            return;
        }
        give(end, output);
        if (endTag.equals(format.closingTag())) {
            pending.delete(0, endTag.length());
        }
        state = State.CONTENT;
    }

    private void give(int length, Output output) {
        if (length == 0) {
            return;
        }
        String text = pending.substring(0, length);
        pending.delete(0, length);
        if (state == State.REASONING) {
            output.reasoning(text);
        } else {
            output.content(text);
        }
    }
}
