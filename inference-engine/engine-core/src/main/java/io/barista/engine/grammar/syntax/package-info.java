/** What a grammar is, and the languages it is written in: regular expressions and EBNF. */
@NullMarked
package io.barista.engine.grammar.syntax;

import org.jspecify.annotations.NullMarked;
