package io.barista.engine.chat.tools;

import io.barista.engine.chat.MessageDelta;
import io.barista.engine.chat.PartialTag;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code <tool_call><function=f><parameter=p>value</parameter></function></tool_call>}, as Qwen3-Coder writes it. A value is the text
 * between its tags without one line break at either end. What the function's schema calls a string is given while it is written, other
 * values when they are complete. The outer tags and the closing ones may be missing.
 */
final class XmlCalls extends CallReader {

    private enum State {
        FUNCTION, PARAMETER, STRING, VALUE
    }

    private static final String CALL = "<tool_call>";
    private static final String FUNCTION = "<function=";
    private static final Set<String> VALUE_ENDS = Set.of("</parameter>", "<parameter=", "</function>");

    private static final Pattern NAME = Pattern.compile("\\s*([^>\\s]+)\\s*>");
    private static final Pattern CALL_NAME = Pattern.compile("\\s*" + FUNCTION + NAME);
    private static final Pattern PARAMETER = Pattern.compile("\\s*<parameter=([^>]+)>\\n?+(?=.)", Pattern.DOTALL);
    private static final Pattern END = Pattern.compile("\\s*</function>(?:\\s*</tool_call>)?");

    static final ToolCallFormat QWEN3_CODER = ToolCallFormat.of(Set.of(CALL), XmlCalls::new);

    private final ToolSignatures tools;
    private State state = State.FUNCTION;
    private Pattern functionName = CALL_NAME;
    private String function = "";
    private String parameter = "";
    private int parameters;

    private XmlCalls(ToolSignatures tools, Supplier<String> callIds) {
        super(Set.of(CALL, FUNCTION), callIds);
        this.tools = tools;
    }

    @Override
    void begin(String opening) {
        state = State.FUNCTION;
        functionName = opening.equals(CALL) ? CALL_NAME : NAME;
        parameters = 0;
    }

    @Override
    Progress read(boolean last, Consumer<MessageDelta> output) {
        return switch (state) {
            case FUNCTION -> readFunction(last, output);
            case PARAMETER -> readParameter(last, output);
            case STRING -> readString(last, output);
            case VALUE -> readValue(last, output);
        };
    }

    private Progress readFunction(boolean last, Consumer<MessageDelta> output) {
        Matcher name = functionName.matcher(pending);
        if (!name.lookingAt()) {
            return name.hitEnd() && !last ? Progress.WAIT : Progress.BROKEN;
        }
        function = name.group(1);
        pending.delete(0, name.end());
        startCall(function, output);
        state = State.PARAMETER;
        return Progress.AGAIN;
    }

    private Progress readParameter(boolean last, Consumer<MessageDelta> output) {
        Matcher end = END.matcher(pending);
        boolean ended = end.lookingAt();
        if (end.hitEnd() && !last) {
            return Progress.WAIT;
        }
        if (ended) {
            return close(end.end(), output);
        }
        Matcher next = PARAMETER.matcher(pending);
        if (!next.lookingAt()) {
            return next.hitEnd() && !last ? Progress.WAIT : close(0, output);
        }
        parameter = next.group(1).strip();
        pending.delete(0, next.end());
        giveArguments((parameters++ == 0 ? "{" : ", ") + JsonStrings.quoted(parameter) + ": ", output);
        boolean isString = tools.type(function, parameter) == ParameterType.STRING;
        giveArguments(isString ? "\"" : "", output);
        state = isString ? State.STRING : State.VALUE;
        return Progress.AGAIN;
    }

    private Progress readString(boolean last, Consumer<MessageDelta> output) {
        int end = endOfValue();
        boolean ended = end >= 0 || last;
        int length = end >= 0 ? end : last ? pending.length() : PartialTag.start(pending, VALUE_ENDS);
        // the line break before the closing tag is not the value's
        int certain = length > 0 && pending.charAt(length - 1) == '\n' ? length - 1 : length;
        giveArguments(JsonStrings.escaped(pending.substring(0, certain)) + (ended ? "\"" : ""), output);
        pending.delete(0, ended ? length : certain);
        return ended ? nextParameter() : Progress.WAIT;
    }

    private Progress readValue(boolean last, Consumer<MessageDelta> output) {
        int end = endOfValue();
        if (end < 0 && !last) {
            return Progress.WAIT;
        }
        int length = end < 0 ? pending.length() : end;
        String text = pending.substring(0, length);
        pending.delete(0, length);
        giveArguments(XmlValue.json(text.endsWith("\n") ? text.substring(0, length - 1) : text,
                tools.type(function, parameter)), output);
        return nextParameter();
    }

    /** The value's closing tag is taken; the other tags that end it are read as what they are. */
    private Progress nextParameter() {
        if (pending.indexOf("</parameter>") == 0) {
            pending.delete(0, "</parameter>".length());
        }
        state = State.PARAMETER;
        return Progress.AGAIN;
    }

    private int endOfValue() {
        return VALUE_ENDS.stream().mapToInt(pending::indexOf).filter(at -> at >= 0).min().orElse(-1);
    }

    private Progress close(int length, Consumer<MessageDelta> output) {
        pending.delete(0, length);
        giveArguments(parameters == 0 ? "{}" : "}", output);
        return Progress.DONE;
    }
}
