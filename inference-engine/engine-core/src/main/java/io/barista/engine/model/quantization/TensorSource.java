package io.barista.engine.model.quantization;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import java.util.Optional;

/** The tensors of a model folder by name. Whatever is missing or does not fit is an INVALID_MODEL error that names it. */
public interface TensorSource {

    /** A tensor of whatever type and shape; empty when there is none. */
    Optional<HostTensor> find(String name);

    /** A tensor in float32, float16 or bfloat16 of exactly that shape. */
    HostTensor require(String name, long... shape);

    /** A tensor of exactly that type and shape. */
    HostTensor require(String name, DType dtype, long... shape);
}
