package io.barista.config;

/** Reads the value of a knob from YAML or from a flag and checks its range. */
public interface OptionType<T> {

    /**
     * The typed value of a YAML scalar, list or map, or of a flag's text.
     *
     * @throws IllegalArgumentException with what was expected, to be put behind file, line and key by the caller
     */
    T parse(Object raw);

    /** The type and range in words, for messages and for the reference page. */
    String describe();

    /** Whether the bare flag means true. */
    default boolean isFlag() {
        return false;
    }

    /** Whether several values may follow the flag; {@link #parse} gets a list of them. */
    default boolean takesSeveral() {
        return false;
    }
}
