package io.barista.engine.lora;

/**
 * Room for adapters.
 *
 * @param slots   on the device, so many can run at the same time
 * @param maxRank the largest rank of one
 * @param onHost  kept in the host's memory
 */
public record AdapterLimits(int slots, int maxRank, int onHost) {}
