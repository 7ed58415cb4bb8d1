package io.barista.engine.grammar.automaton;

import io.barista.engine.grammar.syntax.GrammarException;

/** A nondeterministic automaton under construction: edges that read a byte, edges that read nothing, and edges that call a rule. */
final class Nfa {

    /** Enough for thousands of properties; a pattern that needs more counts too far. */
    static final int MAX_STATES = 400_000;

    private static final int NONE = -1;
    private static final int SILENT = 256;
    private static final int CALL = 257;

    private final IntList firstEdge = new IntList(); // by state
    private final IntList nextEdge = new IntList(); // by edge
    private final IntList low = new IntList(); // first byte, or SILENT, or CALL
    private final IntList high = new IntList(); // last byte, or the called rule
    private final IntList target = new IntList();

    int newState() {
        if (firstEdge.size() == MAX_STATES) {
            throw GrammarException.of("the grammar is too large: it needs more than %d states. Lower its repetition "
                    + "counts (maxLength, maxItems, {m,n}) or its number of properties", MAX_STATES);
        }
        firstEdge.add(NONE);
        return firstEdge.size() - 1;
    }

    int states() {
        return firstEdge.size();
    }

    void bytes(int from, int first, int last, int to) {
        edge(from, first, last, to);
    }

    void silent(int from, int to) {
        edge(from, SILENT, 0, to);
    }

    void call(int from, int rule, int to) {
        edge(from, CALL, rule, to);
    }

    int firstEdge(int state) {
        return firstEdge.get(state);
    }

    /** The edge after this one; negative after the last. */
    int nextEdge(int edge) {
        return nextEdge.get(edge);
    }

    boolean isSilent(int edge) {
        return low.get(edge) == SILENT;
    }

    boolean isCall(int edge) {
        return low.get(edge) == CALL;
    }

    int calledRule(int edge) {
        return high.get(edge);
    }

    int firstByte(int edge) {
        return low.get(edge);
    }

    int lastByte(int edge) {
        return high.get(edge);
    }

    int target(int edge) {
        return target.get(edge);
    }

    private void edge(int from, int first, int last, int to) {
        low.add(first);
        high.add(last);
        target.add(to);
        nextEdge.add(firstEdge.get(from));
        firstEdge.set(from, target.size() - 1);
    }
}
