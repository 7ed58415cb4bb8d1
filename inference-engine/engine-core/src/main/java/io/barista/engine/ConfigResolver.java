package io.barista.engine;

import static io.barista.config.EngineOptions.AUTO_MODEL_LEN;
import static io.barista.config.EngineOptions.BLOCK_SIZE;
import static io.barista.config.EngineOptions.CPU_THREADS;
import static io.barista.config.EngineOptions.ENABLE_CHUNKED_PREFILL;
import static io.barista.config.EngineOptions.ENABLE_LORA;
import static io.barista.config.EngineOptions.ENABLE_PREFIX_CACHING;
import static io.barista.config.EngineOptions.LONG_PREFILL_TOKEN_THRESHOLD;
import static io.barista.config.EngineOptions.MAX_CPU_LORAS;
import static io.barista.config.EngineOptions.MAX_LOGPROBS;
import static io.barista.config.EngineOptions.MAX_LORAS;
import static io.barista.config.EngineOptions.MAX_LORA_RANK;
import static io.barista.config.EngineOptions.MAX_MODEL_LEN;
import static io.barista.config.EngineOptions.MAX_NUM_BATCHED_TOKENS;
import static io.barista.config.EngineOptions.MAX_NUM_SEQS;
import static io.barista.config.EngineOptions.MAX_QUEUED_REQUESTS;
import static io.barista.config.EngineOptions.SCHEDULING_POLICY;
import static io.barista.config.EngineOptions.SEED;

import io.barista.config.Effect;
import io.barista.config.EngineConfig;
import io.barista.config.EngineOption;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.lora.AdapterLimits;
import io.barista.engine.model.Decoder;
import io.barista.engine.model.DecoderSpec;
import io.barista.engine.model.ModelFolder;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** From what was asked, the model and the device to the numbers that run. Whatever cannot run is an INVALID_CONFIG error here. */
final class ConfigResolver {

    /** A step on a CPU takes long: a smaller budget keeps the answers beside a long prompt flowing. */
    private static final int CPU_TOKEN_BUDGET = 512;

    /** More sequences at once make no CPU faster, and each costs a row of logits. */
    private static final int CPU_SEQUENCES = 64;

    /** As many as Ray keeps for a replica. */
    private static final int DEFAULT_ADAPTERS = 16;

    private final ModelFolder folder;
    private final EngineConfig asked;
    private final BackendSelection selection;
    private final boolean onCpu;

    ConfigResolver(ModelFolder folder, EngineConfig asked, BackendSelection selection) {
        this.folder = folder;
        this.asked = asked;
        this.selection = selection;
        this.onCpu = selection.backend().name().equals("cpu");
        requirePossibleLength();
    }

    /** With the model's weights on the device already, so that its free memory can be shared out. */
    ResolvedEngineConfig resolve(TensorOps ops, DType weightsDtype) {
        int maxNumSeqs = maxNumSeqs();
        int budget = asked.isAsked(MAX_NUM_BATCHED_TOKENS) || !onCpu
                ? asked.get(MAX_NUM_BATCHED_TOKENS)
                : Math.max(CPU_TOKEN_BUDGET, maxNumSeqs);
        KvSizing sizing = kvSizing(ops, budget, maxNumSeqs);
        int maxModelLen = maxModelLen(sizing);
        int maxNumBatchedTokens = tokenBudget(budget, maxNumSeqs, maxModelLen);
        int blocks = sizing.blocks(maxModelLen, maxNumSeqs);
        return new ResolvedEngineConfig(folder.config().architecture(), selection.backend().name(),
                selection.refused(), ops.activationType(), weightsDtype, ops.kvCacheType(), maxModelLen, maxNumSeqs,
                maxNumBatchedTokens, asked.get(LONG_PREFILL_TOKEN_THRESHOLD), asked.get(ENABLE_CHUNKED_PREFILL),
                asked.get(ENABLE_PREFIX_CACHING), asked.get(SCHEDULING_POLICY), asked.get(MAX_QUEUED_REQUESTS),
                asked.get(BLOCK_SIZE), blocks,
                blocks * sizing.blockBytes(), cpuThreads(asked), asked.get(MAX_LOGPROBS), asked.get(SEED),
                adapterLimits(asked), ignored());
    }

    /** Null when there are to be no adapters. */
    static @Nullable AdapterLimits adapterLimits(EngineConfig asked) {
        if (!asked.get(ENABLE_LORA)) {
            return null;
        }
        int onHost = asked.find(MAX_CPU_LORAS).orElse(Math.max(DEFAULT_ADAPTERS, asked.find(MAX_LORAS).orElse(0)));
        int slots = asked.find(MAX_LORAS).orElse(Math.min(DEFAULT_ADAPTERS, onHost));
        if (onHost < slots) {
            throw EngineException.of(EngineException.Code.INVALID_CONFIG,
                    "max_cpu_loras: %d is less than max_loras=%d, but what runs is kept in the host's memory too",
                    onHost,
                    slots);
        }
        return new AdapterLimits(slots, asked.get(MAX_LORA_RANK), onHost);
    }

    /** Threads a CPU backend is opened with. */
    static int cpuThreads(EngineConfig asked) {
        int threads = asked.get(CPU_THREADS);
        return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    }

    private int maxNumSeqs() {
        if (asked.isAsked(MAX_NUM_SEQS) || !onCpu) {
            return asked.get(MAX_NUM_SEQS);
        }
        int seqs = Math.min(CPU_SEQUENCES, asked.get(MAX_NUM_SEQS));
        return asked.isAsked(MAX_NUM_BATCHED_TOKENS) ? Math.min(seqs, asked.get(MAX_NUM_BATCHED_TOKENS)) : seqs;
    }

    private KvSizing kvSizing(TensorOps ops, int budget, int maxNumSeqs) {
        DecoderSpec decoder = folder.decoder();
        int blockTokens = asked.get(BLOCK_SIZE);
        long blockBytes = ops.kvBlockBytes(decoder.kvShape(blockTokens));
        long activations = Decoder.activationBytes(decoder, ops.activationType(), budget,
                ResolvedEngineConfig.logitRows(maxNumSeqs, budget));
        return new KvSizing(asked, blockBytes, blockTokens, ops.freeBytes() - activations, !onCpu);
    }

    private int maxModelLen(KvSizing sizing) {
        int derived = folder.decoder().contextLength();
        int wanted = asked.find(MAX_MODEL_LEN).orElse(derived);
        return wanted == AUTO_MODEL_LEN ? sizing.longestContext(derived) : wanted;
    }

    private void requirePossibleLength() {
        int derived = folder.decoder().contextLength();
        asked.find(MAX_MODEL_LEN).filter(wanted -> wanted > derived).ifPresent(wanted -> {
            throw EngineException.of(EngineException.Code.INVALID_CONFIG,
                    "max_model_len: %d is more than the %d tokens the model was made for (max_position_embeddings in "
                            + "config.json)",
                    wanted, derived);
        });
    }

    private int tokenBudget(int budget, int maxNumSeqs, int maxModelLen) {
        if (budget < maxNumSeqs) {
            throw EngineException.of(EngineException.Code.INVALID_CONFIG,
                    "max_num_batched_tokens: %d is less than max_num_seqs=%d, but every sequence needs a token a step",
                    budget, maxNumSeqs);
        }
        if (asked.get(ENABLE_CHUNKED_PREFILL) || budget >= maxModelLen) {
            return budget;
        }
        if (!asked.isAsked(MAX_NUM_BATCHED_TOKENS)) {
            return maxModelLen;
        }
        throw EngineException.of(EngineException.Code.INVALID_CONFIG,
                "max_num_batched_tokens: without enable_chunked_prefill a step must hold a prompt of max_model_len=%d "
                        + "tokens, not only %d",
                maxModelLen, budget);
    }

    private Map<String, String> ignored() {
        Map<String, String> ignored = new TreeMap<>();
        for (EngineOption<?> option : asked.asked().keySet()) {
            switch (option.effect()) {
                case Effect.Ignored(String reason) -> ignored.put(option.key(), reason);
                case Effect.IgnoredOnCpu(String reason) -> {
                    if (onCpu) {
                        ignored.put(option.key(), reason);
                    }
                }
                case Effect.Honoured _,Effect.Refused _ -> {
                }
            }
        }
        return ignored;
    }
}
