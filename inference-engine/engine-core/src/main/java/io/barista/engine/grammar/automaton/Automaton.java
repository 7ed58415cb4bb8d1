package io.barista.engine.grammar.automaton;

import java.util.Arrays;

/**
 * A grammar ready to run: the automata of all rules in one table of states. From every state the end of its rule can be reached.
 * Immutable.
 */
public final class Automaton {

    public static final int NONE = -1;

    private final byte[] classOf; // [256]: bytes that no state tells apart share a class
    private final int classes;
    private final int[] next; // [state * classes + class], NONE for no way
    private final int[][] calls; // by state: rule, state after it, in turn
    private final int[] ruleOf; // by state
    private final boolean[] accepting; // by state
    private final boolean[] reads; // by state: whether any byte leads on
    private final int[] starts; // by rule
    private final boolean[] nullable; // by rule
    private final int[][] content; // by rule: all there is to it, for rules that call none; empty for others

    Automaton(byte[] classOf, int classes, int[] next, int[][] calls, int[] ruleOf, boolean[] accepting, int[] starts,
            boolean[] nullable, int[][] content) {
        this.classOf = classOf;
        this.classes = classes;
        this.next = next;
        this.calls = calls;
        this.ruleOf = ruleOf;
        this.accepting = accepting;
        this.starts = starts;
        this.nullable = nullable;
        this.content = content;
        this.reads = new boolean[ruleOf.length];
        for (int i = 0; i < next.length; i++) {
            reads[i / classes] |= next[i] != NONE;
        }
    }

    public int states() {
        return ruleOf.length;
    }

    public int rules() {
        return starts.length;
    }

    /** The state after a byte, or {@link #NONE}. */
    public int next(int state, int value) {
        return next[state * classes + (classOf[value] & 0xFF)];
    }

    /** Whether the rule may end here. */
    public boolean accepts(int state) {
        return accepting[state];
    }

    public boolean reads(int state) {
        return reads[state];
    }

    public int ruleOf(int state) {
        return ruleOf[state];
    }

    /** Rule and state after it, in turn; not to be changed. */
    public int[] calls(int state) {
        return calls[state];
    }

    /** The state after a call of the rule, or {@link #NONE}. */
    public int afterCall(int state, int rule) {
        int[] own = calls[state];
        for (int i = 0; i < own.length; i += 2) {
            if (own[i] == rule) {
                return own[i + 1];
            }
        }
        return NONE;
    }

    /** The first state of a rule; its others follow. Rule 0 is the root. */
    public int start(int rule) {
        return starts[rule];
    }

    public boolean isNullable(int rule) {
        return nullable[rule];
    }

    /** Whether a rule calls no other. */
    public boolean isLeaf(int rule) {
        return content[rule].length > 0;
    }

    /** All that makes up a leaf rule, for finding equal ones in other grammars. */
    public int[] leafContent(int rule) {
        return content[rule].clone();
    }

    @Override
    public String toString() {
        return "%d rules, %d states, %d classes of bytes, %s".formatted(starts.length, ruleOf.length, classes,
                Arrays.toString(starts));
    }
}
