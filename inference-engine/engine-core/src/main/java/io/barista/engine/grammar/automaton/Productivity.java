package io.barista.engine.grammar.automaton;

import java.util.ArrayList;
import java.util.List;

/** Which states can still reach the end of their rule, and which rules can match the empty text. */
final class Productivity {

    private final List<RuleDfa> rules;

    /** By rule and state. */
    final List<boolean[]> live = new ArrayList<>();

    final boolean[] nullable;

    Productivity(List<RuleDfa> rules) {
        this.rules = rules;
        this.nullable = new boolean[rules.size()];
        rules.forEach(rule -> live.add(new boolean[rule.states()]));
        boolean changed = true;
        while (changed) {
            changed = false;
            for (int rule = 0; rule < rules.size(); rule++) {
                changed |= spread(rule);
            }
        }
        changed = true;
        while (changed) {
            changed = false;
            for (int rule = 0; rule < rules.size(); rule++) {
                if (!nullable[rule] && reachesEndSilently(rule)) {
                    nullable[rule] = true;
                    changed = true;
                }
            }
        }
    }

    boolean isProductive(int rule) {
        return live.get(rule)[0];
    }

    /** One fixed point within the rule; callees count as they are known so far. */
    private boolean spread(int rule) {
        RuleDfa dfa = rules.get(rule);
        boolean[] alive = live.get(rule);
        boolean any = false;
        boolean changed = true;
        while (changed) {
            changed = false;
            // backwards, since targets mostly have higher numbers
            for (int state = dfa.states() - 1; state >= 0; state--) {
                if (!alive[state] && isLive(dfa, state, alive)) {
                    alive[state] = true;
                    changed = true;
                    any = true;
                }
            }
        }
        return any;
    }

    private boolean isLive(RuleDfa dfa, int state, boolean[] alive) {
        if (dfa.accepting.get(state)) {
            return true;
        }
        int[] ranges = dfa.ranges.get(state);
        for (int i = 0; i < ranges.length; i += 3) {
            if (alive[ranges[i + 2]]) {
                return true;
            }
        }
        int[] calls = dfa.calls.get(state);
        for (int i = 0; i < calls.length; i += 2) {
            if (alive[calls[i + 1]] && isProductive(calls[i])) {
                return true;
            }
        }
        return false;
    }

    private boolean reachesEndSilently(int rule) {
        RuleDfa dfa = rules.get(rule);
        boolean[] seen = new boolean[dfa.states()];
        IntList open = new IntList();
        open.add(0);
        seen[0] = true;
        for (int i = 0; i < open.size(); i++) {
            int state = open.get(i);
            if (dfa.accepting.get(state)) {
                return true;
            }
            int[] calls = dfa.calls.get(state);
            for (int c = 0; c < calls.length; c += 2) {
                if (nullable[calls[c]] && !seen[calls[c + 1]]) {
                    seen[calls[c + 1]] = true;
                    open.add(calls[c + 1]);
                }
            }
        }
        return false;
    }
}
