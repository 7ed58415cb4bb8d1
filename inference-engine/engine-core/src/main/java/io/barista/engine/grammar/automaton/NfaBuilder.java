package io.barista.engine.grammar.automaton;

import io.barista.engine.grammar.syntax.CodePoints;
import io.barista.engine.grammar.syntax.Expression;
import io.barista.engine.grammar.syntax.GrammarException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Thompson's construction of one rule, with the rules in it that are copied. */
final class NfaBuilder {

    /** Copied rules within copied rules, groups within groups: deeper than any that a person writes. */
    private static final int MAX_DEPTH = 1_000;

    /** Of a multiple, before the point: so many a double tells apart. */
    private static final int MAX_DIGITS = 12;

    private final RuleNames rules;
    private final Nfa nfa;
    private int depth;

    NfaBuilder(RuleNames rules, Nfa nfa) {
        this.rules = rules;
        this.nfa = nfa;
    }

    /** @return the state after the expression */
    int build(Expression expression, int from) {
        if (++depth > MAX_DEPTH) {
            throw GrammarException.of("the grammar is nested deeper than %d", MAX_DEPTH);
        }
        int end = switch (expression) {
            case Expression.Text(String text) -> text(text, from);
            case Expression.OneOf(CodePoints characters) -> oneOf(characters, from);
            case Expression.Concat(List<Expression> parts) -> concat(parts, from);
            case Expression.Choice(List<Expression> options) -> choice(options, from);
            case Expression.Repeat repeat -> repeat(repeat, from);
            case Expression.Call(String rule) -> call(rule, from);
            case Expression.Separated separated -> separated(separated, from);
            case Expression.Multiple multiple -> multiple(multiple, from);
        };
        depth--;
        return end;
    }

    private int text(String text, int from) {
        int state = from;
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            int next = nfa.newState();
            nfa.bytes(state, value & 0xFF, value & 0xFF, next);
            state = next;
        }
        return state;
    }

    private int oneOf(CodePoints characters, int from) {
        int end = nfa.newState();
        for (int i = 0; i < characters.ranges(); i++) {
            Utf8Ranges.add(nfa, from, end, characters.first(i), characters.last(i));
        }
        return end;
    }

    private int concat(List<Expression> parts, int from) {
        int state = from;
        for (Expression part : parts) {
            state = build(part, state);
        }
        return state;
    }

    private int choice(List<Expression> options, int from) {
        if (options.size() == 1) {
            return build(options.getFirst(), from);
        }
        int end = nfa.newState();
        for (Expression option : options) {
            int start = nfa.newState(); // its own: an option may begin with a loop
            nfa.silent(from, start);
            nfa.silent(build(option, start), end);
        }
        return end;
    }

    private int repeat(Expression.Repeat repeat, int from) {
        int state = from;
        for (int i = 0; i < repeat.min(); i++) {
            state = build(repeat.body(), state);
        }
        if (repeat.max() == Expression.UNBOUNDED) {
            int loop = nfa.newState();
            nfa.silent(state, loop);
            nfa.silent(build(repeat.body(), loop), loop);
            int end = nfa.newState();
            nfa.silent(loop, end);
            return end;
        }
        int end = nfa.newState();
        for (int i = repeat.min(); i < repeat.max(); i++) {
            nfa.silent(state, end);
            state = build(repeat.body(), state);
        }
        nfa.silent(state, end);
        return end;
    }

    private int call(String rule, int from) {
        if (rules.isCopied(rule)) {
            return build(rules.body(rule), from);
        }
        int end = nfa.newState();
        nfa.call(from, rules.number(rule), end);
        return end;
    }

    /** Two rows of states, before and after the first element that is there; the elements themselves are built once. */
    private int separated(Expression.Separated separated, int from) {
        int nothingYet = nfa.newState();
        nfa.silent(from, nothingYet);
        int somethingThere = nfa.newState();
        for (Expression.Element element : separated.elements()) {
            int start = nfa.newState();
            nfa.silent(nothingYet, start);
            nfa.silent(build(separated.separator(), somethingThere), start);
            int written = nfa.newState();
            nfa.silent(build(element.expression(), start), written);
            if (element.repeats()) {
                nfa.silent(build(separated.separator(), written), start);
            }
            int nextNothing = nfa.newState();
            if (element.optional()) {
                nfa.silent(nothingYet, nextNothing);
                nfa.silent(somethingThere, written);
            }
            nothingYet = nextNothing;
            somethingThere = written;
        }
        int end = nfa.newState();
        nfa.silent(nothingYet, end);
        nfa.silent(somethingThere, end);
        return end;
    }

    /** A state for each number of digits and each remainder. */
    private int multiple(Expression.Multiple multiple, int from) {
        int divisor = multiple.divisor();
        int scale = 1 % divisor;
        for (int i = 0; i < multiple.decimals(); i++) {
            scale = scale * 10 % divisor;
        }
        int end = nfa.newState();
        int[] point = newStates(divisor);
        int zero = nfa.newState();
        nfa.bytes(from, '0', '0', zero);
        nfa.silent(zero, end);
        nfa.bytes(zero, '.', '.', point[0]);
        int[] column = newStates(divisor);
        digits(from, 1, 0, divisor, column);
        for (int length = 1; length <= MAX_DIGITS; length++) {
            int[] next = length < MAX_DIGITS ? newStates(divisor) : column;
            for (int remainder = 0; remainder < divisor; remainder++) {
                if (length < MAX_DIGITS) {
                    digits(column[remainder], 0, remainder, divisor, next);
                }
                if ((long) remainder * scale % divisor == 0) {
                    nfa.silent(column[remainder], end);
                }
                nfa.bytes(column[remainder], '.', '.', point[remainder]);
            }
            column = next;
        }
        decimals(point, multiple, end);
        return end;
    }

    private void decimals(int[] point, Expression.Multiple multiple, int end) {
        int[] column = point;
        for (int i = 0; i < multiple.decimals(); i++) {
            int[] next = newStates(multiple.divisor());
            for (int remainder = 0; remainder < multiple.divisor(); remainder++) {
                digits(column[remainder], 0, remainder, multiple.divisor(), next);
            }
            column = next;
        }
        if (multiple.decimals() > 0) {
            nfa.silent(column[0], end);
        }
    }

    private void digits(int from, int first, int remainder, int divisor, int[] targets) {
        for (int digit = first; digit <= 9; digit++) {
            nfa.bytes(from, '0' + digit, '0' + digit, targets[(int) ((remainder * 10L + digit) % divisor)]);
        }
    }

    private int[] newStates(int count) {
        int[] states = new int[count];
        for (int i = 0; i < count; i++) {
            states[i] = nfa.newState();
        }
        return states;
    }
}
