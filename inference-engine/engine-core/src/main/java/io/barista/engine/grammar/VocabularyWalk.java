package io.barista.engine.grammar;

import io.barista.engine.grammar.automaton.Automaton;
import io.barista.engine.grammar.automaton.Chart;
import io.barista.engine.grammar.syntax.GrammarException;

/** Finds the tokens that a state allows by walking the tree of all tokens along with the automaton. One thread at a time. */
final class VocabularyWalk {

    /** About a second; far above what any grammar of use needs for one state. */
    private static final long MAX_WORK = 50_000_000;

    private final Automaton automaton;
    private final TokenTrie trie;
    private final MaskCollector collector;
    private final Chart chart;
    private final int[] path; // by depth: the state of a leaf rule

    VocabularyWalk(Automaton automaton, TokenVocabulary vocabulary) {
        this.automaton = automaton;
        this.trie = vocabulary.trie();
        this.collector = new MaskCollector(vocabulary);
        this.chart = new Chart(automaton);
        this.path = new int[trie.maxDepth() + 1];
    }

    /** @throws GrammarException when the grammar is too ambiguous to be walked */
    StateMask mask(int state) {
        if (automaton.isLeaf(automaton.ruleOf(state))) {
            walkLeaf(state);
        } else {
            walk(state);
        }
        return collector.take();
    }

    /** A rule that calls none: one state at a time is all there is. */
    private void walkLeaf(int state) {
        path[0] = state;
        int node = 0;
        while (node < trie.nodes()) {
            int depth = trie.depth(node);
            int next = automaton.next(path[depth - 1], trie.label(node));
            if (next == Automaton.NONE) {
                node = trie.end(node);
                continue;
            }
            path[depth] = next;
            collector.allow(node);
            if (automaton.accepts(next)) {
                collector.endsAt(node);
            }
            node++;
        }
    }

    private void walk(int state) {
        chart.beginAt(state);
        chart.takeWork();
        long work = 0;
        int node = 0;
        while (node < trie.nodes()) {
            chart.truncate(trie.depth(node));
            boolean possible = chart.advance(trie.label(node));
            work += chart.takeWork();
            if (work > MAX_WORK) {
                throw new GrammarException("the grammar is too ambiguous: one text can be read in too many ways");
            }
            if (!possible) {
                node = trie.end(node);
                continue;
            }
            collector.allow(node);
            if (chart.mayEnd()) {
                collector.endsAt(node);
            }
            node++;
        }
    }
}
