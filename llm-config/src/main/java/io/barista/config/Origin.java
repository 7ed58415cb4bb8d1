package io.barista.config;

import java.util.Map;

/**
 * Where an entry stands.
 *
 * @param file as messages name it
 * @param line of the entry's first key, from 1
 * @param keys the lines of its keys, by their dotted names
 */
public record Origin(String file, int line, Map<String, Integer> keys) {

    public Origin {
        keys = Map.copyOf(keys);
    }

    /** The line of a key; that of the entry for a key that is not written there. */
    public int lineOf(String key) {
        return keys.getOrDefault(key, line);
    }

    @Override
    public String toString() {
        return file + ":" + line;
    }
}
