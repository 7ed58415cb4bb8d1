package io.barista.engine;

import static io.barista.config.EngineOptions.DTYPE;
import static io.barista.config.EngineOptions.QUANTIZATION;

import io.barista.config.EngineConfig;
import io.barista.engine.backend.Backend;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.StepInputs;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.model.Decoder;
import io.barista.engine.model.DecoderSpec;
import io.barista.engine.model.DecoderWeights;
import io.barista.engine.model.ModelFolder;
import io.barista.engine.runner.DecoderRunner;
import io.barista.engine.runner.LogitsTap;
import io.barista.engine.sampling.Sampler;
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
        TensorOps ops = open();
        try {
            QuantizationSelection quantization = QuantizationSelection.choose(asked.get(QUANTIZATION),
                    folder.quantization());
            DecoderWeights weights = DecoderWeights.load(folder, quantization.format(), ops);
            ResolvedEngineConfig config = resolver.resolve(ops, weightsType());
            return new Parts(config, runner(config, weights, ops));
        } catch (RuntimeException | Error e) {
            ops.close();
            throw e;
        }
    }

    private TensorOps open() {
        Backend backend = selection.backend();
        try {
            return backend.open(new Backend.Options(ConfigResolver.cpuThreads(asked), computeType()));
        } catch (IllegalArgumentException e) {
            throw new EngineException(EngineException.Code.INVALID_CONFIG, "dtype or cpu_threads: " + e.getMessage(),
                    null, e);
        }
    }

    private DecoderRunner runner(ResolvedEngineConfig config, DecoderWeights weights, TensorOps ops) {
        DecoderSpec spec = folder.decoder();
        KvCache cache = ops.allocateKvCache(spec.kvShape(config.blockSize()).withBlocks(config.kvBlocks()));
        Decoder decoder = Decoder.create(spec, weights, cache, ops, config.maxModelLen(),
                config.maxNumBatchedTokens(), config.logitRows());
        StepInputs inputs = new StepInputs(config.maxNumBatchedTokens(), config.maxNumSeqs(),
                Math.ceilDiv(config.maxModelLen(), config.blockSize()));
        Sampler sampler = new Sampler(spec.vocabSize());
        return new DecoderRunner(decoder, ops, inputs, spec.longSequences(config.maxModelLen()), sampler, tap);
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

    private DType weightsType() {
        return folder.config().weightsDtype().orElse(DType.FLOAT32);
    }
}
