package io.barista.engine.chat;

import io.barista.engine.EngineException;
import io.barista.engine.chat.reasoning.ReasoningFormat;
import io.barista.engine.chat.reasoning.ReasoningFormats;
import io.barista.engine.chat.tools.ListedCalls;
import io.barista.engine.chat.tools.OneCall;
import io.barista.engine.chat.tools.ToolCallFormat;
import io.barista.engine.chat.tools.ToolCallFormats;
import io.barista.engine.chat.tools.ToolCallParser;
import io.barista.engine.chat.tools.ToolSignatures;
import io.barista.engine.grammar.ReasoningSpan;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How a model marks reasoning and tool calls in its output; chosen once per model, by configuration. Immutable. */
public final class OutputDialect {

    private final @Nullable ReasoningFormat reasoning;
    private final @Nullable ToolCallFormat toolCalls;

    private OutputDialect(@Nullable ReasoningFormat reasoning, @Nullable ToolCallFormat toolCalls) {
        this.reasoning = reasoning;
        this.toolCalls = toolCalls;
    }

    /**
     * @param reasoningParser as in {@code reasoning_parser}; null or empty for none, then reasoning stays in the content
     * @param toolCallParser  as in {@code tool_call_parser}; null or empty for none
     * @throws EngineException INVALID_CONFIG for a name that does not exist, with those that do
     */
    public static OutputDialect of(@Nullable String reasoningParser, @Nullable String toolCallParser) {
        return new OutputDialect(
                find("reasoning_parser", reasoningParser, ReasoningFormats::find, ReasoningFormats.names()),
                find("tool_call_parser", toolCallParser, ToolCallFormats::find, ToolCallFormats.names()));
    }

    /**
     * A parser for one output.
     *
     * @param prompt        the rendered prompt: its end says whether the output starts inside the reasoning
     * @param findToolCalls false when the request has no tools or forbids calls; what looks like one is content then
     * @param callIds       gives each tool call its id
     */
    public MessageParser parser(String prompt, boolean findToolCalls, Supplier<String> callIds) {
        return parser(prompt,
                findToolCalls ? new ExpectedCalls.InDialect(ToolSignatures.UNKNOWN) : new ExpectedCalls.None(),
                callIds);
    }

    /** As above, for answers that a grammar may have made calls of. */
    public MessageParser parser(String prompt, ExpectedCalls expected, Supplier<String> callIds) {
        ToolCallParser calls = switch (expected) {
            case ExpectedCalls.None _ -> null;
            case ExpectedCalls.InDialect(ToolSignatures tools) ->
                toolCalls == null ? null : toolCalls.parser(tools, callIds);
            case ExpectedCalls.Listed _ -> new ListedCalls(callIds);
            case ExpectedCalls.ArgumentsOf(String function) -> new OneCall(function, callIds);
        };
        Set<String> endReasoning = expected instanceof ExpectedCalls.InDialect && toolCalls != null
                ? toolCalls.openingTags()
                : Set.of();
        return new DialectParser(reasoning == null ? null : reasoning.parser(prompt, endReasoning), calls);
    }

    /**
     * The reasoning that comes before a constrained answer; null when none does.
     *
     * @param budget tokens of reasoning; null for no limit
     */
    public @Nullable ReasoningSpan reasoningSpan(String prompt, @Nullable Integer budget) {
        return reasoning == null ? null : reasoning.span(prompt, budget);
    }

    /** Whether the text of an output must keep its special tokens, because tags are among them. */
    public boolean readsSpecialTokens(ExpectedCalls expected) {
        return reasoning != null && reasoning.readsSpecialTokens()
                || expected instanceof ExpectedCalls.InDialect && toolCalls != null && toolCalls.readsSpecialTokens();
    }

    private static <T> @Nullable T find(String option, @Nullable String name, Function<String, Optional<T>> formats,
            SortedSet<String> names) {
        if (name == null || name.isEmpty()) {
            return null;
        }
        return formats.apply(name).orElseThrow(() -> EngineException.of(EngineException.Code.INVALID_CONFIG,
                "unknown %s \"%s\": expected one of %s", option, name, String.join(", ", names)));
    }
}
