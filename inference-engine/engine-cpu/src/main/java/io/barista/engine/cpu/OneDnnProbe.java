package io.barista.engine.cpu;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.Weight;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says which weights oneDNN multiplies: those in a type that this processor has dot products of. For all others its kernels widen to
 * float32 as ours do and gain nothing. Loaded with the first weights that could profit; once refused, with the reason in the log,
 * never tried again.
 */
final class OneDnnProbe {

    private static final Logger LOG = LoggerFactory.getLogger(OneDnnProbe.class);

    private final DType compute;
    private final Supplier<OneDnn> loader;
    private boolean tried;
    private @Nullable OneDnn loaded;

    OneDnnProbe(DType compute, Supplier<OneDnn> loader) {
        this.compute = compute;
        this.loader = loader;
    }

    /** The kind in which oneDNN takes these weights; empty when our own kernels do. */
    Optional<OneDnnShape.Kind> kindFor(List<? extends Weight> parts) {
        return wanted(parts.getFirst()).filter(kind -> library().map(oneDnn -> switch (kind) {
            case BFLOAT16 -> oneDnn.bfloat16();
            case INT8 -> oneDnn.int8();
        }).orElse(false));
    }

    private Optional<OneDnnShape.Kind> wanted(Weight weight) {
        return switch (weight) {
            case Weight.Dense _ -> compute == DType.BFLOAT16
                    ? Optional.of(OneDnnShape.Kind.BFLOAT16)
                    : Optional.empty();
            case Weight.Int8 int8 -> int8.dynamicActivations() && int8.groups() == 1
                    ? Optional.of(OneDnnShape.Kind.INT8)
                    : Optional.empty();
            case Weight.Int4 _,Weight.Fp8 _ -> Optional.empty();
        };
    }

    Optional<OneDnn> library() {
        if (!tried) {
            tried = true;
            try {
                OneDnn oneDnn = loader.get();
                LOG.info("cpu backend: oneDNN multiplies {}", describe(oneDnn));
                loaded = oneDnn;
            } catch (LinkageError | RuntimeException e) {
                LOG.info("cpu backend: own kernels for all weights (oneDNN refused: {})", e.toString());
            }
        }
        return Optional.ofNullable(loaded);
    }

    private static String describe(OneDnn oneDnn) {
        if (!oneDnn.bfloat16() && !oneDnn.int8()) {
            return "nothing: this processor has dot products of neither bfloat16 nor int8";
        }
        return oneDnn.bfloat16() && oneDnn.int8() ? "bfloat16 and int8" : oneDnn.bfloat16() ? "bfloat16" : "int8";
    }
}
