package io.barista.config.type;

import io.barista.config.Nearest;
import io.barista.config.OptionType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One of a few words, each standing for a value; several words may stand for the same. Case does not matter. */
public final class ChoiceType<T> implements OptionType<T> {

    private final Map<String, T> values;

    private ChoiceType(Map<String, T> values) {
        this.values = values;
    }

    public static ChoiceType<String> of(String... words) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String word : words) {
            values.put(word, word);
        }
        return new ChoiceType<>(values);
    }

    /** The constants' names in lower case. */
    public static <E extends Enum<E>> ChoiceType<E> of(Class<E> type) {
        Map<String, E> values = new LinkedHashMap<>();
        for (E constant : type.getEnumConstants()) {
            values.put(constant.name().toLowerCase(Locale.ROOT), constant);
        }
        return new ChoiceType<>(values);
    }

    /** Accepts one more word for a value. */
    public ChoiceType<T> withAlias(String word, T value) {
        Map<String, T> copy = new LinkedHashMap<>(values);
        copy.put(word, value);
        return new ChoiceType<>(copy);
    }

    @Override
    public T parse(Object raw) {
        if (raw instanceof String text) {
            for (Map.Entry<String, T> entry : values.entrySet()) {
                if (entry.getKey().equalsIgnoreCase(text.strip())) {
                    return entry.getValue();
                }
            }
            throw new IllegalArgumentException("expected " + describe() + ", got " + Shown.of(raw) + "; the nearest is "
                    + Nearest.to(text, values.keySet()));
        }
        throw Shown.unexpected(describe(), raw);
    }

    @Override
    public String describe() {
        List<String> words = List.copyOf(values.keySet());
        int last = words.size() - 1;
        return last == 0 ? words.getFirst() : String.join(", ", words.subList(0, last)) + " or " + words.get(last);
    }
}
