package io.barista.engine;

import io.barista.config.SchedulingPolicy;
import io.barista.engine.backend.DType;
import io.barista.engine.lora.AdapterLimits;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What runs, as opposed to what was asked for. Logged once at start and served at an endpoint.
 *
 * @param architecture         as in config.json
 * @param backend              name of the backend in use
 * @param refusedBackends      better backends by name, with the reason why each cannot run here
 * @param dtype                what activations are computed in
 * @param weightsDtype         what weights are stored in
 * @param kvCacheDtype         what keys and values are kept in
 * @param maxModelLen          tokens of prompt and answer together
 * @param maxNumSeqs           sequences in one step
 * @param maxNumBatchedTokens  token budget of one step
 * @param longPrefillTokenThreshold tokens of one prompt in one step at most; 0 is no limit of its own
 * @param enableChunkedPrefill whether a prompt may be computed over several steps
 * @param enablePrefixCaching  whether blocks of equal prefixes are shared
 * @param schedulingPolicy     who is served first
 * @param maxQueuedRequests    requests that may wait before new ones are refused
 * @param blockSize            tokens of a KV block
 * @param kvBlocks             KV blocks of each layer
 * @param kvCacheBytes         memory of the KV cache
 * @param cpuThreads           CPU threads asked for; 0 lets the backend choose
 * @param maxLogprobs          most log-probabilities a request may ask for per token; -1 is the vocabulary
 * @param seed                 from which requests without a seed draw
 * @param adapters             null when adapters are off
 * @param ignored              keys without effect here, with the reason
 */
public record ResolvedEngineConfig(String architecture, String backend, Map<String, String> refusedBackends,
        DType dtype, DType weightsDtype, DType kvCacheDtype, int maxModelLen, int maxNumSeqs, int maxNumBatchedTokens,
        int longPrefillTokenThreshold, boolean enableChunkedPrefill, boolean enablePrefixCaching,
        SchedulingPolicy schedulingPolicy, int maxQueuedRequests, int blockSize, int kvBlocks, long kvCacheBytes,
        int cpuThreads, int maxLogprobs, long seed, @Nullable AdapterLimits adapters, Map<String, String> ignored) {

    /** Below this many rows of logits a step is not worth its while for a prompt whose log-probabilities are wanted. */
    private static final int LEAST_LOGIT_ROWS = 64;

    /** Rows of logits that there is room for in a step. */
    public int logitRows() {
        return logitRows(maxNumSeqs, maxNumBatchedTokens);
    }

    static int logitRows(int maxNumSeqs, int maxNumBatchedTokens) {
        return Math.max(maxNumSeqs, Math.min(LEAST_LOGIT_ROWS, maxNumBatchedTokens));
    }

    /** The same under the configuration's key names, in reading order. */
    public Map<String, Object> asMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("architecture", architecture);
        map.put("backend", backend);
        map.put("refused_backends", refusedBackends);
        map.put("dtype", name(dtype));
        map.put("weights_dtype", name(weightsDtype));
        map.put("kv_cache_dtype", name(kvCacheDtype));
        map.put("max_model_len", maxModelLen);
        map.put("max_num_seqs", maxNumSeqs);
        map.put("max_num_batched_tokens", maxNumBatchedTokens);
        map.put("long_prefill_token_threshold", longPrefillTokenThreshold);
        map.put("enable_chunked_prefill", enableChunkedPrefill);
        map.put("enable_prefix_caching", enablePrefixCaching);
        map.put("scheduling_policy", schedulingPolicy.name().toLowerCase(Locale.ROOT));
        map.put("max_queued_requests", maxQueuedRequests);
        map.put("block_size", blockSize);
        map.put("num_gpu_blocks", kvBlocks);
        map.put("kv_cache_memory_bytes", kvCacheBytes);
        map.put("cpu_threads", cpuThreads);
        map.put("max_logprobs", maxLogprobs);
        map.put("seed", seed);
        map.put("enable_lora", adapters != null);
        if (adapters != null) {
            map.put("max_loras", adapters.slots());
            map.put("max_lora_rank", adapters.maxRank());
            map.put("max_cpu_loras", adapters.onHost());
        }
        map.put("ignored", ignored);
        return map;
    }

    private static String name(DType dtype) {
        return dtype.name().toLowerCase(Locale.ROOT);
    }
}
