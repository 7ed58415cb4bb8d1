/** Structured output: what a grammar allows next, as masks over the tokenizer's vocabulary. */
@NullMarked
package io.barista.engine.grammar;

import org.jspecify.annotations.NullMarked;
