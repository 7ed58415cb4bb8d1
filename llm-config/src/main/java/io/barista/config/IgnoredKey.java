package io.barista.config;

/**
 * A key that was asked for and has no effect.
 *
 * @param key    knobs of the engine by their name, other keys with their way from the entry
 *               ({@code deployment_config.autoscaling_config.max_replicas})
 * @param reason in words, for the log and the resolved configuration
 */
public record IgnoredKey(String key, String reason) {

    @Override
    public String toString() {
        return key + ": " + reason;
    }
}
