package io.barista.engine.grammar.automaton;

import java.util.ArrayList;
import java.util.List;

/** One rule, deterministic: for each state its byte ranges, its calls, and whether the rule may end there. State 0 is the start. */
final class RuleDfa {

    /** {@code first, last, target} of each byte range; by state. */
    final List<int[]> ranges = new ArrayList<>();
    /** {@code rule, state after it} of each call; by state. */
    final List<int[]> calls = new ArrayList<>();
    final List<Boolean> accepting = new ArrayList<>();

    int states() {
        return ranges.size();
    }
}
