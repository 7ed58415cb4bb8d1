package io.barista.config;

import org.jspecify.annotations.Nullable;

/**
 * What was asked of autoscaling; for now only the number of replicas at the start follows from it.
 *
 * @param minReplicas     null when not asked
 * @param initialReplicas null when not asked
 * @param maxReplicas     null when not asked
 */
public record AutoscalingConfig(@Nullable Integer minReplicas, @Nullable Integer initialReplicas,
        @Nullable Integer maxReplicas) {}
