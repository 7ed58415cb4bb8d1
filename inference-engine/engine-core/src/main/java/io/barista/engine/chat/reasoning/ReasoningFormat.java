package io.barista.engine.chat.reasoning;

import io.barista.engine.grammar.ReasoningSpan;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How a model family marks its reasoning. */
public interface ReasoningFormat {

    /** @param endedBy further tags that end the reasoning and belong to what follows, such as the one of a tool call */
    ReasoningParser parser(String prompt, Set<String> endedBy);

    /** What comes before a constrained answer; null when the prompt has closed the reasoning already. */
    @Nullable
    ReasoningSpan span(String prompt, @Nullable Integer budget);

    /** Whether its tags may be special tokens, which then must stay in the text. */
    boolean readsSpecialTokens();
}
