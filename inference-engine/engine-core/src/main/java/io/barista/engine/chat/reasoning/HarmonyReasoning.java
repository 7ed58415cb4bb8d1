package io.barista.engine.chat.reasoning;

import io.barista.engine.chat.PartialTag;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits an output into its messages, {@code <|start|>assistant<|channel|>NAME<|message|>...<|end|>} each. A message to a function goes on
 * as content with its tags, for the reader of tool calls; of all others only the text goes on, with a line break between two of a kind.
 */
final class HarmonyReasoning implements ReasoningParser {

    private enum Part {
        HEADER, REASONING, CONTENT, CALL
    }

    private static final String CHANNEL = "<|channel|>";
    private static final String MESSAGE = "<|message|>";
    private static final String START = "<|start|>";
    private static final String CALL = "<|call|>";
    private static final Set<String> ENDS = Set.of("<|end|>", "<|return|>", CALL, START, CHANNEL);
    private static final Set<String> HEADER_TAGS = Set.of(CHANNEL, START);
    private static final Pattern RECIPIENT = Pattern.compile("\\bto=(\\S+?)(?=\\s|<\\||$)");

    /** No header is longer: what is, is text without one. */
    private static final int MAX_HEADER = 512;

    private final StringBuilder pending = new StringBuilder();
    private Part part;
    private boolean isOpen;
    private boolean anyReasoning;
    private boolean anyContent;

    /** @param startsInside whether the prompt opened the reasoning */
    HarmonyReasoning(boolean startsInside) {
        this.part = startsInside ? Part.REASONING : Part.HEADER;
    }

    @Override
    public void append(String text, Output output) {
        pending.append(text);
        boolean more = true;
        while (more) {
            more = part == Part.HEADER ? readHeader(output) : readBody(output);
        }
    }

    @Override
    public void finish(Output output) {
        if (part == Part.HEADER && !pending.toString().isBlank()) {
            // a header that was cut off: nothing else could show it
            part = Part.CONTENT;
        }
        if (part != Part.HEADER) {
            give(pending.length(), output);
        }
    }

    @Override
    public boolean isReasoning() {
        return part == Part.REASONING;
    }

    private boolean readHeader(Output output) {
        int message = pending.indexOf(MESSAGE);
        String start = pending.toString().stripLeading();
        boolean isHeader = HEADER_TAGS.stream().anyMatch(tag -> start.startsWith(tag) || tag.startsWith(start));
        if (!isHeader || message > MAX_HEADER || message < 0 && pending.length() > MAX_HEADER + MESSAGE.length()) {
            part = Part.CONTENT;
            return true;
        }
        if (message < 0) {
            return false;
        }
        String header = pending.substring(0, message);
        pending.delete(0, message + MESSAGE.length());
        isOpen = false;
        Matcher recipient = RECIPIENT.matcher(header);
        if (recipient.find()) {
            part = Part.CALL;
            output.content(callHeader(recipient.group(1)));
        } else {
            part = header.contains(CHANNEL + "analysis") ? Part.REASONING : Part.CONTENT;
        }
        return true;
    }

    /** In the one form that is read further: the recipient may stand before the channel too. */
    private static String callHeader(String recipient) {
        return CHANNEL + "commentary to=" + recipient + MESSAGE;
    }

    private boolean readBody(Output output) {
        int end = -1;
        String endTag = "";
        for (String tag : ENDS) {
            int at = pending.indexOf(tag);
            if (at >= 0 && (end < 0 || at < end)) {
                end = at;
                endTag = tag;
            }
        }
        if (end < 0) {
            give(PartialTag.start(pending, ENDS), output);
            return false;
        }
        give(end, output);
        boolean beginsNext = HEADER_TAGS.contains(endTag);
        if (part == Part.CALL) {
            output.content(CALL);
        }
        pending.delete(0, beginsNext ? 0 : endTag.length());
        part = Part.HEADER;
        return true;
    }

    private void give(int length, Output output) {
        if (length == 0) {
            return;
        }
        String text = pending.substring(0, length);
        pending.delete(0, length);
        if (part == Part.REASONING) {
            output.reasoning(anyReasoning && !isOpen ? "\n" + text : text);
            anyReasoning = true;
        } else {
            output.content(part == Part.CONTENT && anyContent && !isOpen ? "\n" + text : text);
            anyContent |= part == Part.CONTENT;
        }
        isOpen = true;
    }
}
