package io.barista.engine.grammar.syntax;

import java.util.List;

/** The right side of a rule. Immutable; a tree, whose leaves may call rules. */
public sealed interface Expression {

    /** {@code max} of a repetition without an end. */
    int UNBOUNDED = -1;

    Expression EMPTY = new Text("");

    /** Matches nothing at all, not even the empty text. */
    Expression NOTHING = new Choice(List.of());

    record Text(String text) implements Expression {}

    /** One character of a set. */
    record OneOf(CodePoints characters) implements Expression {}

    record Concat(List<Expression> parts) implements Expression {}

    record Choice(List<Expression> options) implements Expression {}

    /** @param max {@link #UNBOUNDED}, or at least {@code min} */
    record Repeat(Expression body, int min, int max) implements Expression {}

    record Call(String rule) implements Expression {}

    /**
     * Elements in their order with a separator between those that are there. A tree of concatenations would name every element twice,
     * as the first one and as a later one, and so double with every level of nesting.
     */
    record Separated(List<Element> elements, Expression separator) implements Expression {}

    /** @param repeats whether it may come again and again */
    record Element(Expression expression, boolean optional, boolean repeats) {}

    /**
     * A decimal number without sign that {@code divisor}, after {@code decimals} digits were moved before the point, divides:
     * 0, or digits that do not begin with 0. The fraction is left out or has exactly {@code decimals} digits.
     */
    record Multiple(int divisor, int decimals) implements Expression {}

    static Expression concat(Expression... parts) {
        return new Concat(List.of(parts));
    }

    static Expression choice(Expression... options) {
        return new Choice(List.of(options));
    }

    static Expression optional(Expression body) {
        return new Repeat(body, 0, 1);
    }

    static Expression anyNumber(Expression body) {
        return new Repeat(body, 0, UNBOUNDED);
    }

    static Expression text(String text) {
        return new Text(text);
    }

    static Expression range(int first, int last) {
        return new OneOf(CodePoints.range(first, last));
    }
}
