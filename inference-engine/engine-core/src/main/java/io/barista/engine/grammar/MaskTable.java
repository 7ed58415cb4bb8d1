package io.barista.engine.grammar;

import io.barista.engine.grammar.automaton.Automaton;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The masks of a grammar's states as far as they are known; those of leaf rules are shared between grammars. Thread-safe. */
final class MaskTable {

    /** Finds the masks of a leaf rule by its content. */
    interface LeafMasks {

        AtomicReferenceArray<StateMask> find(int[] content, int states);
    }

    private final Automaton automaton;
    private final AtomicReferenceArray<StateMask>[] byRule;

    @SuppressWarnings({"unchecked", "rawtypes"})
    MaskTable(Automaton automaton, LeafMasks leafMasks) {
        this.automaton = automaton;
        this.byRule = new AtomicReferenceArray[automaton.rules()];
        for (int rule = 0; rule < byRule.length; rule++) {
            int end = rule + 1 < byRule.length ? automaton.start(rule + 1) : automaton.states();
            int states = end - automaton.start(rule);
            byRule[rule] = automaton.isLeaf(rule)
                    ? leafMasks.find(automaton.leafContent(rule), states)
                    : new AtomicReferenceArray<>(states);
        }
    }

    @Nullable
    StateMask find(int state) {
        int rule = automaton.ruleOf(state);
        return byRule[rule].get(state - automaton.start(rule));
    }

    void put(int state, StateMask mask) {
        int rule = automaton.ruleOf(state);
        byRule[rule].set(state - automaton.start(rule), mask);
    }
}
