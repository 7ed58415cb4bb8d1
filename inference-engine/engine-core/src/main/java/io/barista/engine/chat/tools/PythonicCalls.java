package io.barista.engine.chat.tools;

import io.barista.engine.chat.MessageDelta;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A list of Python calls, {@code [f(city="Paris", days=2), g()]}, as Llama 3.2 and 4 write it. Only literals are arguments, and they are
 * given while they are written. Behind other text a list counts when its first function is one that the request offers. Whatever is no
 * such list is content, and so is what follows where one breaks off.
 */
final class PythonicCalls extends CallReader {

    private enum State {
        FIRST_CALL, ARGUMENT, LITERAL, AFTER_CALL
    }

    private static final String NAME = "\\s*([A-Za-z_][A-Za-z0-9_.]*)\\s*\\(";
    private static final String ARGUMENT_NAME = "\\s*([A-Za-z_][A-Za-z0-9_]*)\\s*=\\s*"
            + "(?=[\"'\\[({+.0-9-]|(?:True|False|None|true|false|null)[\\s,)])";
    private static final String ARGUMENT_OR_END = "(?=\\s*\\)|" + ARGUMENT_NAME + ")";

    private static final Pattern FIRST_CALL = Pattern.compile(NAME + ARGUMENT_OR_END);
    private static final Pattern NEXT_CALL = Pattern.compile("\\s*," + NAME + ARGUMENT_OR_END);
    private static final Pattern ARGUMENT = Pattern.compile(ARGUMENT_NAME);
    private static final Pattern NEXT_ARGUMENT = Pattern.compile("\\s*," + ARGUMENT_NAME);
    private static final Pattern END_OF_CALL = Pattern.compile("\\s*,?\\s*\\)");
    private static final Pattern END_OF_LIST = Pattern.compile("\\s*,?\\s*\\]");

    /** Names are short; longer text that may still become one is not held back. */
    private static final int MAX_NAME = 4096;

    static final ToolCallFormat FORMAT = ToolCallFormat.of(Set.of(), PythonicCalls::new);

    private final ToolSignatures tools;
    private final PythonLiteral literal = new PythonLiteral();
    private State state = State.FIRST_CALL;
    private boolean anyArgument;

    private PythonicCalls(ToolSignatures tools, Supplier<String> callIds) {
        super(Set.of("["), callIds);
        this.tools = tools;
    }

    @Override
    void begin(String opening) {
        state = State.FIRST_CALL;
    }

    @Override
    Progress read(boolean last, Consumer<MessageDelta> output) {
        return switch (state) {
            case FIRST_CALL -> firstCall(last, output);
            case ARGUMENT -> argument(last, output);
            case LITERAL -> literal(last, output);
            case AFTER_CALL -> afterCall(last, output);
        };
    }

    private Progress firstCall(boolean last, Consumer<MessageDelta> output) {
        Matcher first = FIRST_CALL.matcher(pending);
        if (begins(first)) {
            return tools.offers(first.group(1)) || isAtStart() ? call(first, output) : Progress.BROKEN;
        }
        return mayGoOn(first, last) ? Progress.WAIT : Progress.BROKEN;
    }

    private Progress afterCall(boolean last, Consumer<MessageDelta> output) {
        Matcher next = NEXT_CALL.matcher(pending);
        if (begins(next)) {
            return call(next, output);
        }
        Matcher end = END_OF_LIST.matcher(pending);
        if (begins(end)) {
            pending.delete(0, end.end());
            return Progress.DONE;
        }
        return mayGoOn(next, last) || mayGoOn(end, last) ? Progress.WAIT : Progress.DONE;
    }

    private Progress call(Matcher head, Consumer<MessageDelta> output) {
        String name = head.group(1);
        pending.delete(0, head.end());
        startCall(name, output);
        anyArgument = false;
        state = State.ARGUMENT;
        return Progress.AGAIN;
    }

    private Progress argument(boolean last, Consumer<MessageDelta> output) {
        Matcher end = END_OF_CALL.matcher(pending);
        if (begins(end)) {
            pending.delete(0, end.end());
            giveArguments(anyArgument ? "}" : "{}", output);
            state = State.AFTER_CALL;
            return Progress.AGAIN;
        }
        Matcher argument = (anyArgument ? NEXT_ARGUMENT : ARGUMENT).matcher(pending);
        if (begins(argument)) {
            String name = JsonStrings.quoted(argument.group(1));
            pending.delete(0, argument.end());
            giveArguments((anyArgument ? "," : "{") + name + ":", output);
            anyArgument = true;
            literal.begin();
            state = State.LITERAL;
            return Progress.AGAIN;
        }
        return mayGoOn(argument, last) || mayGoOn(end, last) ? Progress.WAIT : Progress.DONE;
    }

    private Progress literal(boolean last, Consumer<MessageDelta> output) {
        StringBuilder json = new StringBuilder();
        PythonLiteral.Outcome outcome = literal.read(pending, last, json);
        giveArguments(json.toString(), output);
        return switch (outcome) {
            case MORE -> Progress.WAIT;
            case BROKEN -> Progress.DONE;
            case DONE -> {
                state = State.ARGUMENT;
                yield Progress.AGAIN;
            }
        };
    }

    private static boolean begins(Matcher matcher) {
        return matcher.lookingAt() && matcher.end() < MAX_NAME;
    }

    private boolean mayGoOn(Matcher matcher, boolean last) {
        return !last && matcher.hitEnd() && pending.length() <= MAX_NAME;
    }
}
