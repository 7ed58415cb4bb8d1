package io.barista.engine.cpu;

import io.barista.engine.EngineException;
import io.barista.engine.backend.Backend;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.TensorOps;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The machine's own processors: always there, so nothing is ever refused. */
public final class CpuBackend implements Backend {

    private static final Logger LOG = LoggerFactory.getLogger(CpuBackend.class);

    private static final String VECTOR_MODULE = "jdk.incubator.vector";

    private final boolean oracle;
    private final VectorWarmUp warmUp = new VectorWarmUp();

    /** Vectorised where the JVM has the Vector API, else scalar with the reason in the log. */
    public CpuBackend() {
        this(false);
    }

    private CpuBackend(boolean oracle) {
        this.oracle = oracle;
    }

    /** The readable scalar implementation, which every other one is compared with. Slow. */
    public static CpuBackend oracle() {
        return new CpuBackend(true);
    }

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public Optional<String> refusal() {
        return Optional.empty();
    }

    /**
     * @throws IllegalArgumentException if activations are to be computed in anything but FLOAT32 or BFLOAT16
     */
    @Override
    public TensorOps open(Options options) {
        if (options.compute() != DType.FLOAT32 && options.compute() != DType.BFLOAT16) {
            throw new IllegalArgumentException(
                    "the cpu backend computes in FLOAT32 or BFLOAT16, asked for was " + options.compute());
        }
        if (options.kvCache() != options.compute()) {
            throw EngineException.of(EngineException.Code.INVALID_CONFIG,
                    "kv_cache_dtype: the cpu backend keeps keys and values in what it computes in, %s, not in %s; leave it "
                            + "out, or run on a GPU",
                    options.compute(), options.kvCache());
        }
        if (oracle) {
            return new ScalarOps(options.compute());
        }
        int threads = options.threads() > 0 ? options.threads() : Runtime.getRuntime().availableProcessors();
        if (ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()) {
            LOG.info("cpu backend: scalar on 1 thread, slow (Vector API refused: start the JVM with --add-modules {})",
                    VECTOR_MODULE);
            return new ScalarOps(options.compute());
        }
        LOG.info("cpu backend: {}-bit vectors on {} threads", VectorOps.vectorBits(), threads);
        return new VectorOps(options.compute(), threads, warmUp::begin, OneDnn::load);
    }
}
