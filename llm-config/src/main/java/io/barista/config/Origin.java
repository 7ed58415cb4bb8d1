package io.barista.config;

/**
 * Where an entry stands.
 *
 * @param file as messages name it
 * @param line of the entry's first key, from 1
 */
public record Origin(String file, int line) {

    @Override
    public String toString() {
        return file + ":" + line;
    }
}
