package io.barista.modelservice.adapters;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * {@code base:adapter}, taken apart. Either part may have a colon: the longest base that is known wins.
 *
 * @param adapter never empty
 */
public record AdapterModelId(String base, String adapter) {

    /** Empty when it is no adapter of these, a base by itself included. */
    public static Optional<AdapterModelId> of(String asked, List<String> bases) {
        return bases.contains(asked)
                ? Optional.empty()
                : bases.stream().filter(base -> asked.startsWith(base + ":") && asked.length() > base.length() + 1)
                        .max(Comparator.comparingInt(String::length))
                        .map(base -> new AdapterModelId(base, asked.substring(base.length() + 1)));
    }

    @Override
    public String toString() {
        return base + ":" + adapter;
    }
}
