package io.barista.gateway.settings;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/** The knobs under {@code barista.gateway}; an unknown one fails the start. */
@ConfigurationProperties(prefix = "barista.gateway", ignoreUnknownFields = false)
public record GatewaySettings(@DefaultValue Body body, @DefaultValue Answer answer, @DefaultValue Replicas replicas) {

    /**
     * @param maxSize     the largest request body
     * @param memory      what all bodies being held may take together; beyond it requests get a 503
     * @param readTimeout how long a client may take to send its body
     */
    public record Body(@DefaultValue("32MB") DataSize maxSize, @DefaultValue("64MB") DataSize memory,
            @DefaultValue("2m") Duration readTimeout) {

        public Body {
            require(maxSize.toBytes() > 0 && maxSize.toBytes() <= Integer.MAX_VALUE - 8,
                    "body.max-size must be between 1 byte and 2 GB, was " + maxSize);
            require(memory.compareTo(maxSize) >= 0,
                    "body.memory (" + memory + ") must hold at least one body of body.max-size (" + maxSize + ")");
            requirePositive(readTimeout, "body.read-timeout");
        }
    }

    /**
     * @param idleTimeout    the longest silence of a replica between two pieces of an answer it has begun
     * @param deadline       the longest a request may take in all
     * @param heldSize       how much of an answer that is no event stream is held back, so that a replica that breaks
     *                       off can still be answered for with a 502
     * @param shutdownMargin how long before the end of the shutdown phase the streams still open are ended
     */
    public record Answer(@DefaultValue("5m") Duration idleTimeout, @DefaultValue("2h") Duration deadline,
            @DefaultValue("4MB") DataSize heldSize, @DefaultValue("3s") Duration shutdownMargin) {

        public Answer {
            requirePositive(idleTimeout, "answer.idle-timeout");
            requirePositive(deadline, "answer.deadline");
            requirePositive(shutdownMargin, "answer.shutdown-margin");
            require(heldSize.toBytes() >= 0, "answer.held-size must not be negative, was " + heldSize);
        }
    }

    /**
     * @param refresh     how often discovery is asked for the replicas
     * @param cardTimeout how long a replica may take to list its models; just after a start it waits for the registry
     */
    public record Replicas(@DefaultValue("5s") Duration refresh, @DefaultValue("10s") Duration cardTimeout,
            @DefaultValue Breaker breaker, @DefaultValue Affinity affinity) {

        public Replicas {
            requirePositive(refresh, "replicas.refresh");
            requirePositive(cardTimeout, "replicas.card-timeout");
        }
    }

    /**
     * When a replica that an adapter is at home on is passed over: when it would have more outstanding requests than
     * {@code factor} times the average of its model's replicas, and {@code slack} more.
     */
    public record Affinity(@DefaultValue("1.25") double factor, @DefaultValue("4") int slack) {

        public Affinity {
            require(factor >= 1 && Double.isFinite(factor),
                    "replicas.affinity.factor must be at least 1, was " + factor);
            require(slack >= 0, "replicas.affinity.slack must not be negative, was " + slack);
        }
    }

    /**
     * @param window        how many of a replica's last requests are looked at
     * @param minimum       how many there must be before they say anything
     * @param failurePercent from which share of failures on a replica is left alone
     * @param openFor       for how long at first; doubled each time its probe fails
     * @param openAtMost    where the doubling ends
     * @param probes        how many requests may try a replica again at once
     */
    public record Breaker(@DefaultValue("20") int window, @DefaultValue("5") int minimum,
            @DefaultValue("50") int failurePercent, @DefaultValue("1s") Duration openFor,
            @DefaultValue("15s") Duration openAtMost, @DefaultValue("2") int probes) {

        public Breaker {
            require(window > 0 && minimum > 0 && minimum <= window,
                    "replicas.breaker.minimum must be between 1 and window (" + window + "), was " + minimum);
            require(failurePercent > 0 && failurePercent <= 100,
                    "replicas.breaker.failure-percent must be between 1 and 100, was " + failurePercent);
            requirePositive(openFor, "replicas.breaker.open-for");
            require(openAtMost.compareTo(openFor) >= 0, "replicas.breaker.open-at-most must not be below open-for");
            require(probes > 0, "replicas.breaker.probes must be positive, was " + probes);
        }
    }

    private static void requirePositive(Duration duration, String key) {
        require(duration.isPositive(), key + " must be positive, was " + duration);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException("barista.gateway." + message);
        }
    }
}
