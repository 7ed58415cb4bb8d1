package io.barista.config;

/** Where configuration text comes from: the local disk or config-server. */
public interface ConfigSource {

    /** @throws ConfigException when there is no such file, or it cannot be read */
    ConfigText read(String name);

    /**
     * The file that {@code from} names as {@code reference}: relative to its own folder first, then to the working
     * directory.
     *
     * @throws ConfigException when neither has such a file
     */
    ConfigText follow(ConfigText from, String reference);

    /** Source and file in words, for the log: which one was used. */
    String describe(String name);
}
