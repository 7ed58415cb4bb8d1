package io.barista.config;

import org.jspecify.annotations.Nullable;

/**
 * Where LoRA adapters come from and how many a replica holds.
 *
 * @param dynamicLoraLoadingPath folder or bucket with one folder per adapter; null when not asked
 * @param maxAdaptersPerReplica  at least 1
 * @param downloadTimeoutSeconds null waits without limit
 * @param maxDownloadTries       at least 1
 */
public record LoraConfig(@Nullable String dynamicLoraLoadingPath, int maxAdaptersPerReplica,
        @Nullable Double downloadTimeoutSeconds, int maxDownloadTries) {}
