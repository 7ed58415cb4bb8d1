package io.barista.engine.chat.tools;

import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code <tool_call>{"name": ..., "arguments": {...}}</tool_call>}, any number of them, as Hermes, Qwen2.5 and Qwen3 write it. The closing
 * tag may be missing, and so may the last brace. What is no such call is content, with its tags.
 */
final class HermesCalls extends JsonCallReader {

    private static final String OPEN = "<tool_call>";
    private static final String CLOSE = "</tool_call>";
    private static final Pattern END = Pattern.compile("\\s*" + CLOSE);

    static final ToolCallFormat FORMAT = ToolCallFormat.of(Set.of(OPEN), (_, callIds) -> new HermesCalls(callIds));

    private HermesCalls(Supplier<String> callIds) {
        super(Set.of(OPEN), callIds);
    }

    @Override
    void begin(String opening) {
        beginCall();
    }

    @Override
    Progress readEnd(boolean last) {
        Matcher end = END.matcher(pending);
        boolean cutOff = last && CLOSE.startsWith(pending.toString().strip());
        if (end.lookingAt() || cutOff) {
            pending.delete(0, cutOff ? pending.length() : end.end());
        } else if (!last && end.hitEnd()) {
            return Progress.WAIT;
        }
        return Progress.DONE;
    }

    @Override
    boolean isMeant(String function, boolean hasArguments) {
        return true;
    }
}
