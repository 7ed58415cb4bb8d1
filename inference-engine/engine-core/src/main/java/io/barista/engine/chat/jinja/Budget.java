package io.barista.engine.chat.jinja;

import java.util.List;

/** What a rendering has left of its {@link JinjaLimits}. Confined to the rendering thread. */
final class Budget {

    /** Characters that are handled in the time of one step. */
    private static final int CHARACTERS_PER_STEP = 64;

    private final JinjaLimits limits;
    private long steps;
    private int depth;

    Budget(JinjaLimits limits) {
        this.limits = limits;
        this.steps = limits.steps();
    }

    void step() {
        spend(1);
    }

    /** To be called before {@code characters} are looked at or copied. */
    void characters(long characters) {
        if (characters > limits.textLength()) {
            throw JinjaException.limit("the template makes a text of %d characters, allowed are %d", characters,
                    limits.textLength());
        }
        spend(characters / CHARACTERS_PER_STEP + 1);
    }

    /** To be called before {@code entries} are looked at or copied. */
    void entries(long entries) {
        if (entries > limits.textLength()) {
            throw JinjaException.limit("the template makes a list of %d entries, allowed are %d", entries,
                    limits.textLength());
        }
        spend(entries + 1);
    }

    Value.Text text(String text) {
        characters(text.length());
        return new Value.Text(text);
    }

    Value.ListValue list(List<Value> items) {
        entries(items.size());
        return new Value.ListValue(items);
    }

    /** Appends a text that counts by its own length, and bounds the whole. */
    void append(StringBuilder out, String text) {
        characters(text.length());
        if ((long) out.length() + text.length() > limits.textLength()) {
            throw JinjaException.limit("the template writes more than %d characters", limits.textLength());
        }
        out.append(text);
    }

    void enter() {
        if (++depth > limits.depth()) {
            throw JinjaException.limit("the template nests deeper than %d levels", limits.depth());
        }
    }

    void leave() {
        depth--;
    }

    private void spend(long amount) {
        steps -= amount;
        if (steps < 0) {
            throw JinjaException.limit("the template takes more than %d steps", limits.steps());
        }
    }
}
