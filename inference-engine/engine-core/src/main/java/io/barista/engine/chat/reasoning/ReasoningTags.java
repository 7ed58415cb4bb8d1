package io.barista.engine.chat.reasoning;

import io.barista.engine.grammar.ReasoningSpan;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reasoning between two tags, at the start of an output.
 *
 * <p>Whether an output starts inside the reasoning follows from the end of the rendered prompt, which is exact where the request's
 * {@code enable_thinking} is only a wish that a template may not know:
 * <ul>
 * <li>the prompt ends with the opening tag: the output starts inside;
 * <li>it ends with the closing tag (an empty block, as Qwen3's template writes it for {@code enable_thinking=false}): outside;
 * <li>otherwise the model opens the reasoning itself, or it does not reason: {@code assumed} says what an output without the opening
 * tag is.
 * </ul>
 * An opening tag that the model writes at the start is dropped in every case.
 *
 * @param assumed whether an output that starts without the opening tag is reasoning until the closing tag comes
 */
record ReasoningTags(String openingTag, String closingTag, boolean assumed) implements ReasoningFormat {

    @Override
    public ReasoningParser parser(String prompt, Set<String> endedBy) {
        return new TaggedReasoning(this, startsInside(prompt), endedBy);
    }

    @Override
    public @Nullable ReasoningSpan span(String prompt, @Nullable Integer budget) {
        return prompt.stripTrailing().endsWith(closingTag)
                ? null
                : new ReasoningSpan(startsInside(prompt), openingTag, closingTag, budget);
    }

    @Override
    public boolean readsSpecialTokens() {
        return openingTag.startsWith("<|") || openingTag.startsWith("[");
    }

    private boolean startsInside(String prompt) {
        String end = prompt.stripTrailing();
        return end.endsWith(openingTag) || assumed && !end.endsWith(closingTag);
    }
}
