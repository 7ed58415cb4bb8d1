package io.barista.engine.chat.tools;

import io.barista.engine.chat.MessageDelta;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code <tool_call><function=f><parameter=p>value</parameter></function></tool_call>}, as Qwen3-Coder writes it. A value is the text
 * between its tags without one line break at either end; it is JSON if it reads as JSON, and a string otherwise. Every parameter is given
 * when it is complete; the last tags may be missing.
 */
final class XmlCalls extends CallReader {

    static final ToolCallFormat QWEN3_CODER = new ToolCallFormat() {

        @Override
        public ToolCallParser parser(Supplier<String> callIds) {
            return new XmlCalls(callIds);
        }

        @Override
        public Set<String> openingTags() {
            return Set.of("<tool_call>");
        }
    };

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
    private static final Pattern FUNCTION = Pattern.compile("\\s*<function=([^>\\s]+)\\s*>");
    private static final Pattern PARAMETER = Pattern.compile("\\s*<parameter=([^>]+)>(.*?)"
            + "(?:</parameter>|(?=<parameter=)|(?=</function>))", Pattern.DOTALL);
    private static final Pattern LAST_PARAMETER = Pattern.compile("\\s*<parameter=([^>]+)>(.*)", Pattern.DOTALL);
    private static final Pattern END = Pattern.compile("\\s*</function>\\s*</tool_call>");
    private static final Pattern END_OF_FUNCTION = Pattern.compile("\\s*</function>");

    private boolean inFunction;
    private int parameters;

    private XmlCalls(Supplier<String> callIds) {
        super("<tool_call>", callIds);
    }

    @Override
    void begin() {
        inFunction = false;
        parameters = 0;
    }

    @Override
    Progress read(boolean last, Consumer<MessageDelta> output) {
        if (!inFunction) {
            return readName(last, output);
        }
        Matcher end = END.matcher(pending);
        if (end.lookingAt()) {
            return close(end.end(), output);
        }
        boolean mayBeEnd = end.hitEnd();
        Matcher parameter = PARAMETER.matcher(pending);
        if (parameter.lookingAt()) {
            give(parameter, output);
            return Progress.AGAIN;
        }
        if (!last && (mayBeEnd || parameter.hitEnd())) {
            return Progress.WAIT;
        }
        Matcher cut = LAST_PARAMETER.matcher(pending);
        if (last && cut.lookingAt()) {
            give(cut, output);
            return Progress.AGAIN;
        }
        Matcher endOfFunction = END_OF_FUNCTION.matcher(pending);
        return close(endOfFunction.lookingAt() ? endOfFunction.end() : 0, output);
    }

    private Progress readName(boolean last, Consumer<MessageDelta> output) {
        Matcher function = FUNCTION.matcher(pending);
        if (!function.lookingAt()) {
            return function.hitEnd() && !last ? Progress.WAIT : Progress.BROKEN;
        }
        String name = function.group(1);
        pending.delete(0, function.end());
        startCall(name, output);
        inFunction = true;
        return Progress.AGAIN;
    }

    private void give(Matcher parameter, Consumer<MessageDelta> output) {
        String name = JSON.writeValueAsString(parameter.group(1).strip());
        String value = value(parameter.group(2));
        pending.delete(0, parameter.end());
        giveArguments((parameters++ == 0 ? "{" : ", ") + name + ": " + value, output);
    }

    private Progress close(int length, Consumer<MessageDelta> output) {
        pending.delete(0, length);
        giveArguments(parameters == 0 ? "{}" : "}", output);
        return Progress.DONE;
    }

    private static String value(String text) {
        String value = text.startsWith("\n") ? text.substring(1) : text;
        value = value.endsWith("\n") ? value.substring(0, value.length() - 1) : value;
        try {
            JSON.readTree(value);
            return value.isBlank() ? JSON.writeValueAsString(value) : value.strip();
        } catch (JacksonException noJson) {
            return JSON.writeValueAsString(value);
        }
    }
}
