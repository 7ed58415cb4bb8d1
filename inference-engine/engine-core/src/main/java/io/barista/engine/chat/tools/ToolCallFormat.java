package io.barista.engine.chat.tools;

import java.util.Set;
import java.util.function.Supplier;

/** How a model family writes its tool calls. */
public interface ToolCallFormat {

    /** @param callIds gives each call its id */
    ToolCallParser parser(Supplier<String> callIds);

    /** The tags that begin a call; reasoning ends where one of them comes. */
    Set<String> openingTags();

    /** Whether its tags may be special tokens, which then must stay in the text. */
    default boolean readsSpecialTokens() {
        return openingTags().stream()
                .anyMatch(tag -> tag.startsWith("<|") || tag.startsWith("<｜") || tag.startsWith("["));
    }
}
