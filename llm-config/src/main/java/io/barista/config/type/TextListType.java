package io.barista.config.type;

import io.barista.config.OptionType;
import java.util.ArrayList;
import java.util.List;

/** Texts; one text alone is a list of one. */
public final class TextListType implements OptionType<List<String>> {

    @Override
    public List<String> parse(Object raw) {
        if (raw instanceof String text) {
            return List.of(text);
        }
        if (!(raw instanceof List<?> items)) {
            throw Shown.unexpected(describe(), raw);
        }
        List<String> texts = new ArrayList<>();
        for (Object item : items) {
            if (!(item instanceof String text)) {
                throw new IllegalArgumentException("expected " + describe() + ", with " + Shown.of(String.valueOf(item))
                        + " in quotes");
            }
            texts.add(text);
        }
        return List.copyOf(texts);
    }

    @Override
    public String describe() {
        return "a text or a list of texts";
    }

    @Override
    public boolean takesSeveral() {
        return true;
    }
}
