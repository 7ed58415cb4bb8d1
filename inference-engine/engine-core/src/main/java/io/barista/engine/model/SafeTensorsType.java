package io.barista.engine.model;

import io.barista.engine.backend.DType;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Element types of the safetensors format; some of them no model here computes with. */
enum SafeTensorsType {

    F64(8, null),
    F32(4, DType.FLOAT32),
    F16(2, DType.FLOAT16),
    BF16(2, DType.BFLOAT16),
    F8_E4M3(1, DType.FLOAT8_E4M3),
    F8_E5M2(1, null),
    I64(8, DType.INT64),
    I32(4, DType.INT32),
    I16(2, null),
    I8(1, DType.INT8),
    U64(8, null),
    U32(4, null),
    U16(2, null),
    U8(1, null),
    BOOL(1, null);

    private final int bytes;
    private final @Nullable DType dtype;

    SafeTensorsType(int bytes, @Nullable DType dtype) {
        this.bytes = bytes;
        this.dtype = dtype;
    }

    int bytes() {
        return bytes;
    }

    /** Empty for a type that may lie in a file but that nothing here reads. */
    Optional<DType> dtype() {
        return Optional.ofNullable(dtype);
    }

    static Optional<SafeTensorsType> of(String name) {
        for (SafeTensorsType type : values()) {
            if (type.name().equals(name)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
