package io.barista.engine.grammar;

import io.barista.engine.grammar.automaton.Automaton;
import io.barista.engine.grammar.automaton.Chart;
import io.barista.engine.grammar.syntax.GrammarException;

/** Follows one output through a grammar: what may come next, and whether it may end. One thread at a time. */
public final class GrammarMatcher {

    /** About 20 ms: what one output may cost all others at a step. */
    private static final long MAX_WORK = 2_000_000;

    private final CompiledGrammar grammar;
    private final Automaton automaton;
    private final Chart chart;
    private final VocabularyWalk walk;

    GrammarMatcher(CompiledGrammar grammar) {
        this.grammar = grammar;
        this.automaton = grammar.automaton();
        this.chart = new Chart(automaton);
        this.walk = new VocabularyWalk(automaton, grammar.vocabulary());
        chart.beginGrammar();
    }

    /**
     * Adds the tokens that may come next; nothing is taken out.
     *
     * @param mask a bit for each token, {@link CompiledGrammar#maskWords} longs
     * @throws GrammarException when the grammar is too ambiguous to say
     */
    public void addAllowed(long[] mask) {
        chart.takeWork();
        int items = chart.items();
        for (int item = 0; item < items; item++) {
            int state = chart.state(item);
            if (automaton.reads(state)) {
                StateMask own = grammar.mask(state, walk);
                own.addTo(mask);
                if (own.beyond() != null) {
                    addBeyond(own.beyond(), item, mask);
                }
            }
        }
    }

    /**
     * Reads a token; false, and nothing changed, when it may not come here.
     *
     * @throws GrammarException when the grammar is too ambiguous to say
     */
    public boolean accept(int token) {
        byte[] bytes = grammar.vocabulary().bytes(token);
        return bytes.length > 0 && accept(bytes, 0);
    }

    /** As {@link #accept(int)}, for the bytes from an index on. */
    boolean accept(byte[] bytes, int from) {
        int before = chart.sets();
        for (int i = from; i < bytes.length; i++) {
            if (!chart.advance(bytes[i] & 0xFF)) {
                chart.truncate(before);
                return false;
            }
        }
        return true;
    }

    /** Whether the output is complete as it is. */
    public boolean mayEnd() {
        return chart.mayEnd();
    }

    /** Whether the output is complete and nothing can be added to it. */
    public boolean mustEnd() {
        if (!chart.mayEnd()) {
            return false;
        }
        for (int item = 0; item < chart.items(); item++) {
            if (automaton.reads(chart.state(item))) {
                return false;
            }
        }
        return true;
    }

    /** Tokens that leave the rule of an item: the rest of each is tried after the rule's end. */
    private void addBeyond(TokenTrie rests, int item, long[] mask) {
        int before = chart.sets();
        if (!chart.advanceToEndOf(item)) {
            return;
        }
        int node = 0;
        while (node < rests.nodes()) {
            chart.truncate(before + rests.depth(node));
            if (!chart.advance(rests.label(node))) {
                node = rests.end(node);
                continue;
            }
            for (int i = rests.firstToken(node); i < rests.lastToken(node); i++) {
                int token = rests.token(i);
                mask[token >> 6] |= 1L << token;
            }
            node++;
        }
        chart.truncate(before);
        if (chart.takeWork() > MAX_WORK) {
            throw new GrammarException("the grammar is too ambiguous: one text can be read in too many ways");
        }
    }
}
