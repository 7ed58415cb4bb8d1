package io.barista.engine.grammar.automaton;

import io.barista.engine.grammar.syntax.GrammarException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** The subset construction over bytes and calls, with a bound on its work, since a short pattern can ask for billions of states. */
final class Determinizer {

    static final int MAX_STATES = 60_000;
    private static final int MAX_WORK = 6_000_000;

    private record Subset(int[] states) {

        @Override
        public boolean equals(Object other) {
            return other instanceof Subset(int[] that) && Arrays.equals(states, that);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(states);
        }
    }

    private final Nfa nfa;
    private final int end;
    private final int[] visited; // by NFA state: the last closure that it was in
    private int closures;
    private long work;

    private final RuleDfa dfa = new RuleDfa();
    private final Map<Subset, Integer> numbers = new HashMap<>();
    private final Deque<Subset> open = new ArrayDeque<>();

    Determinizer(Nfa nfa, int end) {
        this.nfa = nfa;
        this.end = end;
        this.visited = new int[nfa.states()];
    }

    RuleDfa determinize(int start) {
        IntList seed = new IntList();
        seed.add(start);
        number(closure(seed));
        while (!open.isEmpty()) {
            expand(open.poll());
        }
        return dfa;
    }

    private void expand(Subset subset) {
        IntList edges = new IntList();
        IntList callEdges = new IntList();
        boolean accepting = false;
        for (int state : subset.states()) {
            accepting |= state == end;
            for (int edge = nfa.firstEdge(state); edge >= 0; edge = nfa.nextEdge(edge)) {
                if (nfa.isCall(edge)) {
                    callEdges.add(edge);
                } else if (!nfa.isSilent(edge)) {
                    edges.add(edge);
                }
            }
        }
        dfa.accepting.add(accepting);
        dfa.ranges.add(ranges(edges));
        dfa.calls.add(calls(callEdges));
    }

    private int[] ranges(IntList edges) {
        boolean[] begins = new boolean[257];
        for (int i = 0; i < edges.size(); i++) {
            begins[nfa.firstByte(edges.get(i))] = true;
            begins[nfa.lastByte(edges.get(i)) + 1] = true;
        }
        IntList result = new IntList();
        IntList targets = new IntList();
        int first = 0;
        for (int next = 1; next <= 256 && edges.size() > 0; next++) {
            if (!begins[next] && next < 256) {
                continue;
            }
            targets.clear();
            for (int i = 0; i < edges.size(); i++) {
                int edge = edges.get(i);
                if (nfa.firstByte(edge) <= first && first <= nfa.lastByte(edge)) {
                    targets.add(nfa.target(edge));
                }
            }
            spend(edges.size());
            if (targets.size() > 0) {
                result.add(first);
                result.add(next - 1);
                result.add(number(closure(targets)));
            }
            first = next;
        }
        return merged(result);
    }

    /** Neighbours with the same target are one range. */
    private static int[] merged(IntList ranges) {
        IntList merged = new IntList();
        for (int i = 0; i < ranges.size(); i += 3) {
            int size = merged.size();
            if (size > 0 && merged.get(size - 1) == ranges.get(i + 2) && merged.get(size - 2) == ranges.get(i) - 1) {
                merged.set(size - 2, ranges.get(i + 1));
            } else {
                merged.add(ranges.get(i));
                merged.add(ranges.get(i + 1));
                merged.add(ranges.get(i + 2));
            }
        }
        return merged.toArray();
    }

    private int[] calls(IntList edges) {
        Map<Integer, IntList> targets = new HashMap<>();
        for (int i = 0; i < edges.size(); i++) {
            int edge = edges.get(i);
            targets.computeIfAbsent(nfa.calledRule(edge), _ -> new IntList()).add(nfa.target(edge));
        }
        IntList result = new IntList();
        targets.forEach((rule, states) -> {
            result.add(rule);
            result.add(number(closure(states)));
        });
        return result.toArray();
    }

    private Subset closure(IntList states) {
        int mark = ++closures;
        IntList reached = new IntList();
        for (int i = 0; i < states.size(); i++) {
            visit(states.get(i), mark, reached);
        }
        for (int i = 0; i < reached.size(); i++) {
            for (int edge = nfa.firstEdge(reached.get(i)); edge >= 0; edge = nfa.nextEdge(edge)) {
                if (nfa.isSilent(edge)) {
                    visit(nfa.target(edge), mark, reached);
                }
            }
        }
        spend(reached.size());
        return new Subset(reached.toSortedArray());
    }

    private void visit(int state, int mark, IntList reached) {
        if (visited[state] != mark) {
            visited[state] = mark;
            reached.add(state);
        }
    }

    private int number(Subset subset) {
        Integer known = numbers.get(subset);
        if (known != null) {
            return known;
        }
        int number = numbers.size();
        numbers.put(subset, number);
        open.add(subset);
        spend(1);
        if (number >= MAX_STATES) {
            throw tooComplex();
        }
        return number;
    }

    private void spend(int steps) {
        work += steps;
        if (work > MAX_WORK) {
            throw tooComplex();
        }
    }

    private static GrammarException tooComplex() {
        return GrammarException.of("the grammar is too complex: its automaton has more than %d states or takes too "
                + "long to build. Lower its repetition counts or split the pattern", MAX_STATES);
    }
}
