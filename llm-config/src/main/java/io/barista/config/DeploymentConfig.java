package io.barista.config;

import java.util.ArrayList;
import java.util.List;
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

    /**
     * Replicas to start, at least 1: {@code num_replicas}, else autoscaling's {@code min_replicas}, else its
     * {@code initial_replicas}, else 1.
     */
    public int replicasAtStart() {
        if (numReplicas instanceof NumReplicas.Fixed(int count)) {
            return count;
        }
        Integer scaled = autoscaling == null
                ? null
                : autoscaling.minReplicas() != null ? autoscaling.minReplicas() : autoscaling.initialReplicas();
        return scaled == null ? 1 : Math.max(1, scaled);
    }

    /** What of this has no effect, beyond the keys that never have. */
    List<IgnoredKey> ignored() {
        List<IgnoredKey> ignored = new ArrayList<>();
        String path = "deployment_config.";
        if (numReplicas instanceof NumReplicas.Auto) {
            ignored.add(
                    new IgnoredKey(path + "num_replicas", "autoscaling is not built yet, min_replicas is what runs"));
        }
        if (autoscaling == null) {
            return ignored;
        }
        if (numReplicas instanceof NumReplicas.Fixed) {
            ignored.add(new IgnoredKey(path + "autoscaling_config", "num_replicas is given and wins"));
        } else if (autoscaling.minReplicas() != null && autoscaling.minReplicas() == 0) {
            ignored.add(new IgnoredKey(path + "autoscaling_config.min_replicas",
                    "scaling to zero is not built yet, one replica is the least"));
        }
        if (autoscaling.minReplicas() != null && autoscaling.initialReplicas() != null) {
            ignored.add(new IgnoredKey(path + "autoscaling_config.initial_replicas",
                    "autoscaling is not built yet, min_replicas is what runs"));
        }
        return ignored;
    }
}
