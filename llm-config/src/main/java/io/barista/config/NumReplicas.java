package io.barista.config;

/** The {@code num_replicas} key: a number, or {@code auto} for Ray's autoscaling defaults. */
public sealed interface NumReplicas {

    /** @param count at least 1 */
    record Fixed(int count) implements NumReplicas {}

    record Auto() implements NumReplicas {}
}
