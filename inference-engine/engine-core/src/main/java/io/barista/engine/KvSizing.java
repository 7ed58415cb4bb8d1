package io.barista.engine;

import static io.barista.config.EngineOptions.GPU_MEMORY_UTILIZATION;
import static io.barista.config.EngineOptions.KV_CACHE_MEMORY_BYTES;
import static io.barista.config.EngineOptions.NUM_GPU_BLOCKS_OVERRIDE;

import io.barista.config.EngineConfig;
import java.util.Optional;

/**
 * How many KV blocks there will be: as many as asked, else what the memory asked for holds, else by our own measure.
 *
 * @param blockBytes  one block over all layers
 * @param blockTokens tokens in it
 * @param freeBytes   what the device has left for the cache; negative where activations and weights alone are too much
 * @param ownMemory   whether the device's memory is all the engine's, or shared with everything else on the host
 */
record KvSizing(EngineConfig asked, long blockBytes, int blockTokens, long freeBytes, boolean ownMemory) {

    /** On a host others need memory too: a quarter of what is free, and not more than this unless one sequence needs it. */
    private static final long HOST_LIMIT = 2L << 30;

    /** On a host: so many sequences of full length are room enough. */
    private static final int HOST_FULL_SEQUENCES = 16;

    int blocks(int maxModelLen, int maxNumSeqs) {
        Optional<Integer> override = asked.find(NUM_GPU_BLOCKS_OVERRIDE);
        if (override.isPresent()) {
            return requireOneSequence(override.get(), maxModelLen, "num_gpu_blocks_override",
                    "raise num_gpu_blocks_override or lower max_model_len");
        }
        Optional<Long> bytes = asked.find(KV_CACHE_MEMORY_BYTES);
        if (bytes.isPresent()) {
            return requireOneSequence(bytes.get() / blockBytes, maxModelLen, "kv_cache_memory_bytes",
                    "raise kv_cache_memory_bytes or lower max_model_len");
        }
        long fitting = Math.floorDiv(freeBytes, blockBytes);
        if (ownMemory) {
            return requireOneSequence(fitting, maxModelLen, "the device's memory",
                    "raise gpu_memory_utilization (now %s), lower max_model_len or max_num_batched_tokens, or take a smaller "
                            .formatted(asked.get(GPU_MEMORY_UTILIZATION)) + "or quantised model");
        }
        long one = blocksFor(maxModelLen);
        long enough = one * Math.min(maxNumSeqs, HOST_FULL_SEQUENCES);
        long modest = Math.min(fitting / 4, HOST_LIMIT / blockBytes);
        return requireOneSequence(Math.min(fitting, Math.max(one, Math.min(enough, modest))), maxModelLen,
                "the host's memory",
                "lower max_model_len or max_num_batched_tokens, take a smaller or quantised model, or free memory");
    }

    /** The longest context, up to the model's own, that the memory holds; on a host, its quarter. */
    int longestContext(int derivedMaxModelLen) {
        Optional<Integer> override = asked.find(NUM_GPU_BLOCKS_OVERRIDE);
        Optional<Long> bytes = asked.find(KV_CACHE_MEMORY_BYTES);
        long blocks = override.isPresent()
                ? override.get()
                : bytes.orElse(ownMemory ? freeBytes : freeBytes / 4) / blockBytes;
        return (int) Math.max(1, Math.min(derivedMaxModelLen, blocks * blockTokens));
    }

    /** @param remedy what gives it more room */
    private int requireOneSequence(long blocks, int maxModelLen, String source, String remedy) {
        if (blocks < blocksFor(maxModelLen)) {
            long room = Math.max(0, blocks);
            throw EngineException.of(EngineException.Code.INVALID_CONFIG,
                    "max_model_len: one sequence of %d tokens needs %d MiB of KV cache, but %s has room for %d MiB (%d "
                            + "tokens): %d MiB are missing; %s",
                    maxModelLen, mebibytes(blocksFor(maxModelLen)), source, mebibytes(room), room * blockTokens,
                    mebibytes(blocksFor(maxModelLen) - blocks), remedy);
        }
        return (int) Math.min(Integer.MAX_VALUE / blockTokens, blocks);
    }

    private long blocksFor(int tokens) {
        return Math.ceilDiv(tokens, blockTokens);
    }

    private long mebibytes(long blocks) {
        return Math.ceilDiv(blocks * blockBytes, 1L << 20);
    }
}
