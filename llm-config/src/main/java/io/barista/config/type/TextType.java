package io.barista.config.type;

import io.barista.config.OptionType;

/** Text that is not blank. A number is a mistake (YAML reads {@code 1.10} as 1.1): it must be quoted. */
public final class TextType implements OptionType<String> {

    @Override
    public String parse(Object raw) {
        if (!(raw instanceof String text)) {
            String got = raw instanceof Number || raw instanceof Boolean ? " (put it in quotes)" : "";
            throw new IllegalArgumentException("expected text, got " + Shown.of(raw) + got);
        }
        if (text.isBlank()) {
            throw new IllegalArgumentException("expected text, got nothing");
        }
        return text;
    }

    @Override
    public String describe() {
        return "text";
    }
}
