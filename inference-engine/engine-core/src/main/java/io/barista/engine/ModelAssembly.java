package io.barista.engine;

import static io.barista.config.EngineOptions.DTYPE;
import static io.barista.config.EngineOptions.ENABLE_LORA;
import static io.barista.config.EngineOptions.ENFORCE_EAGER;
import static io.barista.config.EngineOptions.GPU_MEMORY_UTILIZATION;
import static io.barista.config.EngineOptions.KV_CACHE_DTYPE;
import static io.barista.config.EngineOptions.QUANTIZATION;

import io.barista.config.EngineConfig;
import io.barista.engine.backend.Backend;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.StepInputs;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.backend.UnsupportedOnBackend;
import io.barista.engine.lora.AdapterLimits;
import io.barista.engine.model.AdapterTargets;
import io.barista.engine.model.Decoder;
import io.barista.engine.model.DecoderSpec;
import io.barista.engine.model.DecoderWeights;
import io.barista.engine.model.LongSequences;
import io.barista.engine.model.ModelFolder;
import io.barista.engine.model.Pooling;
import io.barista.engine.runner.DecoderRunner;
import io.barista.engine.runner.LogitsTap;
import io.barista.engine.runner.PoolingRunner;
import io.barista.engine.sampling.Sampler;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts a model folder onto a backend: weights, KV cache, decoder, sampler. */
final class ModelAssembly implements EngineAssembly {

    private static final Logger LOG = LoggerFactory.getLogger(ModelAssembly.class);

    private final ModelFolder folder;
    private final EngineConfig asked;
    private final BackendSelection selection;
    private final ConfigResolver resolver;
    private final LogitsTap tap;

    ModelAssembly(ModelFolder folder, EngineConfig asked, BackendSelection selection, LogitsTap tap) {
        this.folder = folder;
        this.asked = asked;
        this.selection = selection;
        this.resolver = new ConfigResolver(folder, asked, selection);
        this.tap = tap;
    }

    @Override
    public Parts assemble() {
        DecoderSpec spec = folder.decoder();
        if (spec.head() == DecoderSpec.Head.NONE) {
            throw EngineException.of(EngineException.Code.INVALID_MODEL,
                    "%s has no output matrix: it makes embeddings, not text", folder.config().architecture());
        }
        return load(spec, loaded -> {
            DecoderRunner runner = new DecoderRunner(loaded.decoder(loaded.config().logitRows()), loaded.ops(),
                    loaded.inputs(), loaded.longSequences(), new Sampler(spec.vocabSize()), tap);
            return new Parts(loaded.config(), runner, loaded.targets());
        });
    }

    /**
     * For embeddings; the model's head, if it has one, is left out. A folder that says nothing of pooling gets what is usual for
     * decoders, as in vLLM.
     */
    PoolingParts assemblePooling() {
        if (asked.get(ENABLE_LORA)) {
            throw EngineException.of(EngineException.Code.INVALID_CONFIG,
                    "enable_lora: adapters of models for embeddings are not supported; leave it out");
        }
        Pooling pooling = folder.pooling().orElse(Pooling.USUAL);
        return load(folder.decoder().withHead(DecoderSpec.Head.NONE), loaded -> {
            PoolingRunner runner = new PoolingRunner(loaded.decoder(loaded.config().maxNumBatchedTokens()),
                    loaded.ops(), loaded.inputs(), loaded.longSequences(), pooling);
            return new PoolingParts(loaded.config(), runner);
        });
    }

    /** @param runner closed by whoever runs it */
    record PoolingParts(ResolvedEngineConfig config, PoolingRunner runner) {}

    private record Loaded(ResolvedEngineConfig config, DecoderSpec spec, DecoderWeights weights, TensorOps ops,
            @Nullable AdapterTargets targets) {

        /** @param rows whose logits or hidden states a step may want */
        Decoder decoder(int rows) {
            KvCache cache = ops.allocateKvCache(spec.kvShape(config.blockSize()).withBlocks(config.kvBlocks()));
            return Decoder.create(spec, weights, cache, ops, config.maxModelLen(), config.maxNumBatchedTokens(), rows);
        }

        StepInputs inputs() {
            return new StepInputs(config.maxNumBatchedTokens(), config.maxNumSeqs(),
                    Math.ceilDiv(config.maxModelLen(), config.blockSize()));
        }

        LongSequences longSequences() {
            return spec.longSequences(config.maxModelLen());
        }
    }

    private <T> T load(DecoderSpec spec, Function<Loaded, T> assembly) {
        try {
            return loadOnSelected(spec, assembly);
        } catch (UnsupportedOnBackend e) {
            BackendSelection next = selection.without(String.valueOf(e.getMessage()))
                    .orElseThrow(() -> new EngineException(EngineException.Code.INVALID_CONFIG,
                            "backend: " + e.getMessage() + "; use another backend", null, e));
            return new ModelAssembly(folder, asked, next, tap).load(spec, assembly);
        }
    }

    private <T> T loadOnSelected(DecoderSpec spec, Function<Loaded, T> assembly) {
        TensorOps ops = open();
        try {
            QuantizationSelection quantization = QuantizationSelection.choose(asked.get(QUANTIZATION),
                    folder.quantization());
            AdapterLimits limits = ConfigResolver.adapterLimits(asked);
            AdapterTargets targets = limits == null ? null : new AdapterTargets(limits.slots(), limits.maxRank());
            DecoderWeights weights = DecoderWeights.load(folder, spec, quantization.format(), ops, targets);
            return assembly.apply(new Loaded(resolver.resolve(ops, weightsType()), spec, weights, ops, targets));
        } catch (RuntimeException | Error e) {
            ops.close();
            throw e;
        }
    }

    private TensorOps open() {
        Backend backend = selection.backend();
        DType compute = computeType();
        try {
            return backend.open(new Backend.Options(ConfigResolver.cpuThreads(asked), compute, kvCacheType(compute),
                    asked.get(GPU_MEMORY_UTILIZATION), asked.get(ENFORCE_EAGER)));
        } catch (IllegalArgumentException e) {
            throw new EngineException(EngineException.Code.INVALID_CONFIG, "dtype or cpu_threads: " + e.getMessage(),
                    null, e);
        }
    }

    /** On a CPU {@code auto} is float32, which costs little there and gives the reference's numbers. */
    private DType computeType() {
        boolean onCpu = selection.backend().name().equals("cpu");
        return switch (asked.get(DTYPE)) {
            case AUTO -> onCpu ? DType.FLOAT32 : weightsType();
            case FLOAT32 -> DType.FLOAT32;
            case FLOAT16 -> {
                if (onCpu) {
                    LOG.info("dtype=float16: the cpu computes in float32 instead, which holds every float16");
                }
                yield onCpu ? DType.FLOAT32 : DType.FLOAT16;
            }
            case BFLOAT16 -> DType.BFLOAT16;
        };
    }

    private DType kvCacheType(DType compute) {
        return switch (asked.get(KV_CACHE_DTYPE)) {
            case AUTO -> compute;
            case FP8 -> DType.FLOAT8_E4M3;
        };
    }

    private DType weightsType() {
        return folder.config().weightsDtype().orElse(DType.FLOAT32);
    }
}
