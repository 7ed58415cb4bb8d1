package io.barista.engine.grammar.automaton;

import io.barista.engine.grammar.syntax.Grammar;
import io.barista.engine.grammar.syntax.GrammarException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** From a grammar to its automaton. Time and size are bounded whatever the grammar. */
public final class AutomatonCompiler {

    private final List<RuleDfa> rules = new ArrayList<>();
    private final int[] starts;

    private AutomatonCompiler(Grammar grammar) {
        RuleNames names = new RuleNames(grammar);
        int nfaStates = 0;
        int states = 0;
        this.starts = new int[names.numbered().size()];
        for (String rule : names.numbered()) {
            Nfa nfa = new Nfa();
            int start = nfa.newState();
            int end = new NfaBuilder(names, nfa).build(names.body(rule), start);
            starts[rules.size()] = states;
            RuleDfa dfa = new Determinizer(nfa, end).determinize(start);
            rules.add(dfa);
            states += dfa.states();
            nfaStates += nfa.states();
            if (states > Determinizer.MAX_STATES || nfaStates > Nfa.MAX_STATES) {
                throw GrammarException.of("the grammar is too large: its automaton has more than %d states. Lower its "
                        + "repetition counts (maxLength, maxItems, {m,n}) or its number of properties",
                        Determinizer.MAX_STATES);
            }
        }
    }

    /** @throws GrammarException when the grammar is too large or matches no text at all */
    public static Automaton compile(Grammar grammar) {
        return new AutomatonCompiler(grammar).link();
    }

    private Automaton link() {
        Productivity productivity = new Productivity(rules);
        if (!productivity.isProductive(0)) {
            throw new GrammarException("no text satisfies the grammar: it asks for something impossible");
        }
        byte[] classOf = byteClasses();
        int classes = (classOf[255] & 0xFF) + 1;
        int states = starts[starts.length - 1] + rules.getLast().states();
        int[] next = new int[states * classes];
        Arrays.fill(next, Automaton.NONE);
        int[][] calls = new int[states][];
        int[] ruleOf = new int[states];
        boolean[] accepting = new boolean[states];
        for (int rule = 0; rule < rules.size(); rule++) {
            RuleDfa dfa = rules.get(rule);
            boolean[] live = productivity.live.get(rule);
            for (int i = 0; i < dfa.states(); i++) {
                int state = starts[rule] + i;
                ruleOf[state] = rule;
                accepting[state] = dfa.accepting.get(i);
                calls[state] = liveCalls(dfa.calls.get(i), live, starts[rule], productivity);
                int[] ranges = dfa.ranges.get(i);
                for (int r = 0; r < ranges.length; r += 3) {
                    if (live[ranges[r + 2]]) {
                        Arrays.fill(next, state * classes + (classOf[ranges[r]] & 0xFF),
                                state * classes + (classOf[ranges[r + 1]] & 0xFF) + 1, starts[rule] + ranges[r + 2]);
                    }
                }
            }
        }
        return new Automaton(classOf, classes, next, calls, ruleOf, accepting, starts, productivity.nullable,
                leafContents());
    }

    private static int[] liveCalls(int[] calls, boolean[] live, int start, Productivity productivity) {
        IntList kept = new IntList();
        for (int i = 0; i < calls.length; i += 2) {
            if (live[calls[i + 1]] && productivity.isProductive(calls[i])) {
                kept.add(calls[i]);
                kept.add(start + calls[i + 1]);
            }
        }
        return kept.toArray();
    }

    private byte[] byteClasses() {
        boolean[] begins = new boolean[257];
        for (RuleDfa dfa : rules) {
            for (int[] ranges : dfa.ranges) {
                for (int i = 0; i < ranges.length; i += 3) {
                    begins[ranges[i]] = true;
                    begins[ranges[i + 1] + 1] = true;
                }
            }
        }
        byte[] classOf = new byte[256];
        int number = 0;
        for (int value = 1; value < 256; value++) {
            number += begins[value] ? 1 : 0;
            classOf[value] = (byte) number;
        }
        return classOf;
    }

    private int[][] leafContents() {
        int[][] contents = new int[rules.size()][];
        for (int rule = 0; rule < rules.size(); rule++) {
            RuleDfa dfa = rules.get(rule);
            boolean leaf = dfa.calls.stream().allMatch(calls -> calls.length == 0);
            contents[rule] = leaf ? content(dfa) : new int[0];
        }
        return contents;
    }

    private static int[] content(RuleDfa dfa) {
        IntList content = new IntList();
        for (int i = 0; i < dfa.states(); i++) {
            content.add(dfa.accepting.get(i) ? -2 : -3);
            for (int value : dfa.ranges.get(i)) {
                content.add(value);
            }
        }
        return content.toArray();
    }
}
