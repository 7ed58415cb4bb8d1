package io.barista.engine.grammar.automaton;

import io.barista.engine.grammar.syntax.GrammarException;
import java.util.Arrays;

/**
 * Earley's algorithm over bytes: after each byte the set of places that the text may be at, each a state of a rule and the set in which
 * that rule began. Handles every grammar, left recursion and ambiguity included, and goes back by dropping sets, so that many
 * continuations can be tried. Grows with the text; reuses its memory otherwise. One thread at a time.
 */
public final class Chart {

    /** Begin of the rule that everything is inside of. */
    private static final int OUTSIDE = -1;

    /** Far above what any unambiguous grammar needs. */
    private static final int MAX_SET = 1_500;

    private final Automaton automaton;
    private int[] states = new int[64];
    private int[] origins = new int[64];
    private int size;
    private int[] setStarts = new int[64]; // [sets + 1]; the last is size
    private boolean[] ended = new boolean[64]; // by set: whether the outermost rule may end there
    private int sets;
    private long work;

    public Chart(Automaton automaton) {
        this.automaton = automaton;
    }

    /** Before the first byte of the whole grammar. */
    public void beginGrammar() {
        begin();
        add(automaton.start(0), OUTSIDE);
        close();
    }

    /** At one state alone, whose rule's end is the end of what is known. Calls of that state are not followed. */
    public void beginAt(int state) {
        begin();
        add(state, OUTSIDE);
        setStarts[sets] = size;
    }

    /** Sets so far, the one before the first byte included. */
    public int sets() {
        return sets;
    }

    /** Goes back to an earlier number of sets. */
    public void truncate(int count) {
        sets = count;
        size = setStarts[count];
    }

    /** Reads a byte; false, and nothing changed, when it cannot come here. */
    public boolean advance(int value) {
        int from = setStarts[sets - 1];
        int to = size;
        open();
        for (int i = from; i < to; i++) {
            int next = automaton.next(states[i], value);
            if (next != Automaton.NONE) {
                add(next, origins[i]);
            }
        }
        work += to - from;
        if (size == to) {
            sets--;
            return false;
        }
        close();
        return true;
    }

    /**
     * A set after the rule of an item of the last set has ended, without a byte; false, and nothing changed, when that is the outermost
     * rule.
     *
     * @param item index within the last set
     */
    public boolean advanceToEndOf(int item) {
        int at = setStarts[sets - 1] + item;
        int rule = automaton.ruleOf(states[at]);
        int origin = origins[at];
        if (origin == OUTSIDE) {
            return false;
        }
        open();
        complete(rule, origin);
        close();
        return true;
    }

    /** Whether the outermost rule may end here. */
    public boolean mayEnd() {
        return ended[sets - 1];
    }

    /** Items of the last set. */
    public int items() {
        return size - setStarts[sets - 1];
    }

    public int state(int item) {
        return states[setStarts[sets - 1] + item];
    }

    /** Steps done since the last call. */
    public long takeWork() {
        long done = work;
        work = 0;
        return done;
    }

    private void begin() {
        size = 0;
        sets = 0;
        open();
    }

    private void open() {
        if (sets + 1 >= setStarts.length) {
            setStarts = Arrays.copyOf(setStarts, setStarts.length * 2);
            ended = Arrays.copyOf(ended, ended.length * 2);
        }
        setStarts[sets] = size;
        ended[sets] = false;
        sets++;
    }

    /** Follows calls and ends until nothing new comes. */
    private void close() {
        int set = sets - 1;
        for (int i = setStarts[set]; i < size; i++) {
            int state = states[i];
            int[] calls = automaton.calls(state);
            for (int c = 0; c < calls.length; c += 2) {
                add(automaton.start(calls[c]), set);
                if (automaton.isNullable(calls[c])) {
                    add(calls[c + 1], origins[i]);
                }
            }
            // a rule that ends where it began is nullable, which its callers know
            if (automaton.accepts(state) && origins[i] != set) {
                if (origins[i] == OUTSIDE) {
                    ended[set] = true;
                } else {
                    complete(automaton.ruleOf(state), origins[i]);
                }
            }
        }
        setStarts[sets] = size;
    }

    private void complete(int rule, int origin) {
        int to = setStarts[origin + 1];
        for (int i = setStarts[origin]; i < to; i++) {
            int after = automaton.afterCall(states[i], rule);
            if (after != Automaton.NONE) {
                add(after, origins[i]);
            }
        }
        work += to - setStarts[origin];
    }

    private void add(int state, int origin) {
        int start = setStarts[sets - 1];
        for (int i = size - 1; i >= start; i--) {
            if (states[i] == state && origins[i] == origin) {
                return;
            }
        }
        if (size - start == MAX_SET) {
            throw new GrammarException("the grammar is too ambiguous: one text can be read in too many ways");
        }
        work += size - start + 1;
        if (size == states.length) {
            states = Arrays.copyOf(states, size * 2);
            origins = Arrays.copyOf(origins, size * 2);
        }
        states[size] = state;
        origins[size] = origin;
        size++;
    }
}
