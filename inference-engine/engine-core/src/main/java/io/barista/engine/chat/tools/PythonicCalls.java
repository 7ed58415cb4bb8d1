package io.barista.engine.chat.tools;

import io.barista.engine.chat.MessageDelta;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * An output that is a list of Python calls, {@code [f(city="Paris", days=2), g()]}, and nothing else, as Llama 3.2 and 4 write it. Only
 * literals are arguments. Whatever is not such a list is content.
 */
final class PythonicCalls implements ToolCallParser {

    static final ToolCallFormat FORMAT = new ToolCallFormat() {

        @Override
        public ToolCallParser parser(Supplier<String> callIds) {
            return new PythonicCalls(callIds);
        }

        @Override
        public Set<String> openingTags() {
            return Set.of();
        }
    };

    /** Calls are short; text that grows beyond this without being any is not held back longer. */
    private static final int MAX_LENGTH = 1 << 20;

    private final Supplier<String> callIds;
    private final StringBuilder pending = new StringBuilder();
    private boolean isText;

    private PythonicCalls(Supplier<String> callIds) {
        this.callIds = callIds;
    }

    @Override
    public void append(String text, Consumer<MessageDelta> output) {
        pending.append(text);
        String start = pending.toString().stripLeading();
        isText |= !start.isEmpty() && !start.startsWith("[") || pending.length() > MAX_LENGTH;
        if (isText) {
            giveText(output);
        }
    }

    @Override
    public void finish(Consumer<MessageDelta> output) {
        Optional<List<NamedCall>> calls = isText ? Optional.empty() : PythonCallList.parse(pending.toString());
        if (calls.isEmpty() || calls.get().isEmpty()) {
            giveText(output);
            return;
        }
        for (int i = 0; i < calls.get().size(); i++) {
            NamedCall call = calls.get().get(i);
            output.accept(new MessageDelta.ToolCallStart(i, callIds.get(), call.name()));
            output.accept(new MessageDelta.ToolCallArguments(i, call.arguments()));
        }
    }

    private void giveText(Consumer<MessageDelta> output) {
        if (!pending.isEmpty()) {
            output.accept(new MessageDelta.ContentDelta(pending.toString()));
            pending.setLength(0);
        }
    }
}
