/** From a grammar to automata over the bytes of UTF-8: one deterministic automaton for each rule, which may call others. */
@NullMarked
package io.barista.engine.grammar.automaton;

import org.jspecify.annotations.NullMarked;
