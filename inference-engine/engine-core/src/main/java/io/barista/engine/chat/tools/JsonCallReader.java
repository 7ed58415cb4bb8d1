package io.barista.engine.chat.tools;

import io.barista.engine.chat.MessageDelta;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Calls written as {@code {"name": "f", "arguments": {...}}}. Where the name comes before an object of arguments, these are given while
 * they are written; any other order or form is given when the call is whole. What opens a call and what follows it is the subclass's.
 */
abstract class JsonCallReader extends CallReader {

    private enum State {
        BRACE, HEAD, ARGUMENTS, TAIL, WHOLE, OVER
    }

    private static final String STRING = "\"(?:[^\"\\\\]++|\\\\.)*+\"";
    private static final Pattern FIRST_KEY = Pattern
            .compile("\\s*\"(?:name|arguments|parameters|type|id|function)\"\\s*:");
    private static final Pattern HEAD = Pattern.compile("\\s*(?:\"(?:type|id)\"\\s*:\\s*" + STRING
            + "\\s*,\\s*)?\"name\"\\s*:\\s*(" + STRING + ")\\s*,\\s*\"(?:arguments|parameters)\"\\s*:\\s*(?=\\{)",
            Pattern.DOTALL);

    /** The end of the call's object behind the arguments, perhaps with more fields that say nothing to us. */
    private static final Pattern TAIL = Pattern.compile("\\s*(?:,(?:[^\"{}\\[\\]<]++|" + STRING + ")*+)?\\}",
            Pattern.DOTALL);

    /** Nobody's function has a longer name; more text than that is not looked through again and again. */
    private static final int MAX_HEAD = 4096;

    private final StreamedObject arguments = new StreamedObject();
    private final JsonObjectEnd whole = new JsonObjectEnd();
    private State state = State.OVER;

    JsonCallReader(Set<String> openings, Supplier<String> callIds) {
        super(openings, callIds);
    }

    /** What can be read behind the call; called until it is {@code DONE}. */
    abstract Progress readEnd(boolean last);

    /** Whether JSON of a call's form is meant as one. */
    abstract boolean isMeant(String function, boolean hasArguments);

    /** A call is expected; its brace is next. */
    final void beginCall() {
        state = State.BRACE;
    }

    /** A call is expected; its brace was the opening. */
    final void beginBehindBrace() {
        state = State.HEAD;
    }

    @Override
    final Progress read(boolean last, Consumer<MessageDelta> output) {
        return switch (state) {
            case BRACE -> readBrace(last);
            case HEAD -> readHead(last, output);
            case ARGUMENTS -> {
                giveArguments(arguments.take(pending), output);
                yield arguments.isOpen() ? Progress.WAIT : next(State.TAIL);
            }
            case TAIL -> readTail(last);
            case WHOLE -> readWhole(last, output);
            case OVER -> readEnd(last);
        };
    }

    private Progress readBrace(boolean last) {
        int start = 0;
        while (start < pending.length() && Character.isWhitespace(pending.charAt(start))) {
            start++;
        }
        if (start == pending.length()) {
            return last ? Progress.BROKEN : Progress.WAIT;
        }
        if (pending.charAt(start) != '{') {
            return Progress.BROKEN;
        }
        open(start + 1);
        return next(State.HEAD);
    }

    private Progress readHead(boolean last, Consumer<MessageDelta> output) {
        Matcher head = HEAD.matcher(pending);
        if (head.lookingAt() && head.end() < MAX_HEAD) {
            String name = JsonStrings.decode(head.group(1));
            if (name.isEmpty() || !isMeant(name, true)) {
                return Progress.BROKEN;
            }
            pending.delete(0, head.end());
            startCall(name, output);
            arguments.begin();
            return next(State.ARGUMENTS);
        }
        // hitEnd: more text could still make it a head
        if (!last && head.hitEnd() && pending.length() <= MAX_HEAD) {
            return Progress.WAIT;
        }
        Matcher firstKey = FIRST_KEY.matcher(pending);
        if (!firstKey.lookingAt()) {
            return !last && firstKey.hitEnd() ? Progress.WAIT : Progress.BROKEN;
        }
        whole.reset(1);
        return next(State.WHOLE);
    }

    private Progress readTail(boolean last) {
        Matcher tail = TAIL.matcher(pending);
        if (tail.lookingAt() && tail.end() < MAX_HEAD) {
            pending.delete(0, tail.end());
        } else if (!last && tail.hitEnd() && pending.length() <= MAX_HEAD) {
            return Progress.WAIT;
        }
        return next(State.OVER);
    }

    private Progress readWhole(boolean last, Consumer<MessageDelta> output) {
        int end = whole.find(pending);
        if (end < 0 && !last) {
            return Progress.WAIT;
        }
        Optional<NamedCall> found = end < 0
                ? Optional.empty()
                : NamedCall.parse("{" + pending.substring(0, end))
                        .filter(call -> isMeant(call.name(), call.hasArguments()));
        if (found.isEmpty()) {
            return Progress.BROKEN;
        }
        pending.delete(0, end);
        startCall(found.get().name(), output);
        giveArguments(found.get().arguments(), output);
        return next(State.OVER);
    }

    private Progress next(State next) {
        state = next;
        return Progress.AGAIN;
    }
}
