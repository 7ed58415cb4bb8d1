package io.barista.engine.chat.tools;

import java.util.Set;
import java.util.function.Supplier;

/** How a model family writes its tool calls. */
public interface ToolCallFormat {

    /**
     * @param tools   what the request offers
     * @param callIds gives each call its id
     */
    ToolCallParser parser(ToolSignatures tools, Supplier<String> callIds);

    /** The tags that begin a call; reasoning ends where one of them comes. */
    Set<String> openingTags();

    /** Whether its tags may be special tokens, which then must stay in the text. */
    default boolean readsSpecialTokens() {
        return openingTags().stream()
                .anyMatch(tag -> tag.startsWith("<|") || tag.startsWith("<｜") || tag.startsWith("["));
    }

    /** A format of these tags, read by what {@code parsers} makes. */
    static ToolCallFormat of(Set<String> openingTags, Parsers parsers) {
        return new ToolCallFormat() {

            @Override
            public ToolCallParser parser(ToolSignatures tools, Supplier<String> callIds) {
                return parsers.parser(tools, callIds);
            }

            @Override
            public Set<String> openingTags() {
                return openingTags;
            }
        };
    }

    /** Makes the parser of one output. */
    @FunctionalInterface
    interface Parsers {

        ToolCallParser parser(ToolSignatures tools, Supplier<String> callIds);
    }
}
