package io.barista.config;

import org.jspecify.annotations.Nullable;

/**
 * How many replicas serve a model.
 *
 * @param numReplicas        null when not asked
 * @param autoscaling        null when not asked
 * @param maxOngoingRequests requests in work per replica at most; null when not asked (Ray's default for models is no limit)
 * @param maxQueuedRequests  requests that wait for a replica at most, -1 is no limit; null when not asked
 */
public record DeploymentConfig(@Nullable NumReplicas numReplicas, @Nullable AutoscalingConfig autoscaling,
        @Nullable Integer maxOngoingRequests, @Nullable Integer maxQueuedRequests) {

    /** Nothing asked: one replica. */
    public static DeploymentConfig empty() {
        return new DeploymentConfig(null, null, null, null);
    }
}
