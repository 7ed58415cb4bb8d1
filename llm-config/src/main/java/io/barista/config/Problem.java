package io.barista.config;

/**
 * One mistake in a configuration.
 *
 * @param file    the file's name, or empty for flags
 * @param line    from 1; 0 when the whole file is meant
 * @param key     the key with its way from the root ({@code engine_kwargs.max_model_len}), a flag, or empty
 * @param message what was expected, what came, what to do
 */
public record Problem(String file, int line, String key, String message) {

    /** {@code file:line: key: message}, on one line. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(file);
        if (line > 0) {
            text.append(':').append(line);
        }
        if (!text.isEmpty()) {
            text.append(": ");
        }
        return (key.isEmpty() ? text : text.append(oneLine(key)).append(": ")).append(oneLine(message)).toString();
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
