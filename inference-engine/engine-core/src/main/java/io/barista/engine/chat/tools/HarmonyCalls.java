package io.barista.engine.chat.tools;

import io.barista.engine.chat.MessageDelta;
import io.barista.engine.chat.PartialTag;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code <|channel|>commentary to=functions.f <|constrain|>json<|message|>{...}<|call|>}, as gpt-oss writes it. The arguments are what stands
 * between the tags and given while they are written; {@code {}} when nothing does.
 */
final class HarmonyCalls extends CallReader {

    private static final String CHANNEL = "<|channel|>";
    private static final String MESSAGE = "<|message|>";
    private static final Set<String> ENDS = Set.of("<|call|>", "<|end|>", "<|return|>");

    private static final Pattern HEAD = Pattern
            .compile("\\s*(?:commentary|analysis)\\s+to=functions\\.([A-Za-z0-9_.-]+)\\s*[^\\n]{0,60}?<\\|message\\|>");

    /** What may stand between two calls. */
    private static final Pattern START = Pattern.compile("<\\|start\\|>assistant(?=<\\|channel\\|>)");

    static final ToolCallFormat FORMAT = ToolCallFormat.of(Set.of(CHANNEL), (_, callIds) -> new HarmonyCalls(callIds));

    private boolean inArguments;
    private boolean anyArguments;
    private boolean isOver;

    private HarmonyCalls(Supplier<String> callIds) {
        super(Set.of(CHANNEL), callIds);
    }

    @Override
    void begin(String opening) {
        inArguments = false;
        anyArguments = false;
        isOver = false;
    }

    @Override
    Progress read(boolean last, Consumer<MessageDelta> output) {
        if (isOver) {
            return afterCall(last);
        }
        if (inArguments) {
            return arguments(last, output);
        }
        Matcher head = HEAD.matcher(pending);
        if (head.lookingAt()) {
            String name = head.group(1);
            pending.delete(0, head.end());
            startCall(name, output);
            inArguments = true;
            return Progress.AGAIN;
        }
        return head.hitEnd() && !last && pending.indexOf(MESSAGE) < 0 ? Progress.WAIT : Progress.BROKEN;
    }

    private Progress arguments(boolean last, Consumer<MessageDelta> output) {
        String endTag = "";
        int end = pending.length();
        for (String tag : ENDS) {
            int at = pending.indexOf(tag);
            if (at >= 0 && at < end) {
                end = at;
                endTag = tag;
            }
        }
        isOver = last || !endTag.isEmpty();
        int length = isOver ? end : PartialTag.start(pending, ENDS);
        // white space before arguments says nothing, and might be all there is
        String text = anyArguments ? pending.substring(0, length) : pending.substring(0, length).stripLeading();
        pending.delete(0, length + endTag.length());
        anyArguments |= !text.isEmpty();
        giveArguments(anyArguments || !isOver ? text : "{}", output);
        return isOver ? Progress.AGAIN : Progress.WAIT;
    }

    private Progress afterCall(boolean last) {
        Matcher start = START.matcher(pending);
        if (start.lookingAt()) {
            pending.delete(0, start.end());
        } else if (!last && start.hitEnd()) {
            return Progress.WAIT;
        }
        return Progress.DONE;
    }
}
