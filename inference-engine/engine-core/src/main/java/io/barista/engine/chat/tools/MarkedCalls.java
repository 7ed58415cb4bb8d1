package io.barista.engine.chat.tools;

import io.barista.engine.chat.MessageDelta;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Calls whose name stands before an argument object and between marks: {@code [TOOL_CALLS]name[ARGS]{...}} as Mistral's newer models
 * write it, {@code <｜tool▁call▁begin｜>function<｜tool▁sep｜>name ```json {...} ```<｜tool▁call▁end｜>} as DeepSeek V3 does. Arguments
 * are given while they are written; text that does not go on as a call is content.
 */
final class MarkedCalls extends CallReader {

    /**
     * @param opening begins the calls
     * @param head    from behind the opening to the arguments' brace; its first group that matches is the name
     * @param between between two calls of one opening; never empty
     * @param closing ends the calls; may be empty text
     */
    record Marks(String opening, Pattern head, Pattern between, Pattern closing) {}

    /** The newer form, or behind the same tag a list of {@code {"name": ..., "arguments": {...}}}. */
    static final ToolCallFormat MISTRAL = format(new Marks("[TOOL_CALLS]",
            Pattern.compile("\\s*(?:([A-Za-z0-9_.-]+)\\s*(?:\\[CALL_ID\\][A-Za-z0-9]+)?\\s*(?:\\[ARGS\\])?"
                    + "|\\[?\\s*\\{\\s*\"name\"\\s*:\\s*\"([^\"\\\\]+)\"\\s*,\\s*\"arguments\"\\s*:)\\s*(?=\\{)"),
            Pattern.compile("\\s*(?:\\[TOOL_CALLS\\]|\\}\\s*,(?=\\s*\\{))"), Pattern.compile("(?:\\s*\\}\\s*\\])?")));

    static final ToolCallFormat DEEPSEEK_V3 = format(new Marks("<｜tool▁calls▁begin｜>",
            Pattern.compile("\\s*<｜tool▁call▁begin｜>\\s*(?:function\\s*<｜tool▁sep｜>)?\\s*([^\\s<`{]+)\\s*"
                    + "(?:<｜tool▁sep｜>)?\\s*(?:```json)?\\s*(?=\\{)"),
            Pattern.compile("\\s*(?:```)?\\s*<｜tool▁call▁end｜>\\s*(?=<｜tool▁call▁begin｜>)"),
            Pattern.compile("\\s*(?:```)?\\s*<｜tool▁call▁end｜>\\s*<｜tool▁calls▁end｜>")));

    private final Marks marks;
    private final StreamedObject arguments = new StreamedObject();
    private boolean anyCall;

    private MarkedCalls(Marks marks, Supplier<String> callIds) {
        super(Set.of(marks.opening()), callIds);
        this.marks = marks;
    }

    private static ToolCallFormat format(Marks marks) {
        return ToolCallFormat.of(Set.of(marks.opening()), (_, callIds) -> new MarkedCalls(marks, callIds));
    }

    @Override
    void begin(String opening) {
        anyCall = false;
    }

    @Override
    Progress read(boolean last, Consumer<MessageDelta> output) {
        if (arguments.isOpen()) {
            giveArguments(arguments.take(pending), output);
            return arguments.isOpen() ? Progress.WAIT : Progress.AGAIN;
        }
        if (anyCall) {
            return afterCall(last);
        }
        Matcher head = marks.head().matcher(pending);
        if (head.lookingAt()) {
            String name = name(head);
            pending.delete(0, head.end());
            startCall(name, output);
            arguments.begin();
            anyCall = true;
            return Progress.AGAIN;
        }
        // hitEnd: more text could still make it a call
        return head.hitEnd() && !last ? Progress.WAIT : Progress.BROKEN;
    }

    private static String name(Matcher head) {
        for (int group = 1; group <= head.groupCount(); group++) {
            String name = head.group(group);
            if (name != null) {
                return name;
            }
        }
        throw new IllegalStateException("a head without a name: " + head);
    }

    private Progress afterCall(boolean last) {
        Matcher between = marks.between().matcher(pending);
        if (between.lookingAt()) {
            pending.delete(0, between.end());
            anyCall = false;
            return Progress.AGAIN;
        }
        Matcher closing = marks.closing().matcher(pending);
        boolean closed = closing.lookingAt();
        if (!last && (between.hitEnd() || !closed && closing.hitEnd())) {
            return Progress.WAIT;
        }
        if (closed) {
            pending.delete(0, closing.end());
        }
        return Progress.DONE;
    }
}
