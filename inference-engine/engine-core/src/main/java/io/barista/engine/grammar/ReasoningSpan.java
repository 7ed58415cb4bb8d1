package io.barista.engine.grammar;

import org.jspecify.annotations.Nullable;

/**
 * Reasoning that precedes the answer and that no grammar binds.
 *
 * @param startsInside whether the output begins inside it
 * @param openingTag   what opens it otherwise, at the start of the output
 * @param closingTag   what ends it
 * @param budget       tokens of reasoning after which the closing tag is forced; null for no limit
 */
public record ReasoningSpan(boolean startsInside, String openingTag, String closingTag, @Nullable Integer budget) {}
