package io.barista.engine.cuda;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.DeviceBuffer;
import org.bytedeco.cuda.global.cudart;

/** What activations and weights are on the device; kernels are compiled for one of them. */
enum Element {

    FLOAT32(DType.FLOAT32, 0, cudart.CUDA_R_32F), BFLOAT16(DType.BFLOAT16, 1, cudart.CUDA_R_16BF), FLOAT16(
            DType.FLOAT16, 2, cudart.CUDA_R_16F);

    private final DType dtype;
    private final int macro;
    private final int blasType;

    Element(DType dtype, int macro, int blasType) {
        this.dtype = dtype;
        this.macro = macro;
        this.blasType = blasType;
    }

    static Element of(DType dtype) {
        for (Element element : values()) {
            if (element.dtype == dtype) {
                return element;
            }
        }
        throw new IllegalArgumentException(
                "the cuda backend computes in FLOAT32, BFLOAT16 or FLOAT16, asked for was " + dtype);
    }

    DType dtype() {
        return dtype;
    }

    int bytes() {
        return dtype.bytes();
    }

    /** Its value of the kernels' macro ELEMENT. */
    int macro() {
        return macro;
    }

    /** Its name in cuBLASLt. */
    int blasType() {
        return blasType;
    }

    /** Whether results of this type become float32 on their way to that buffer, as logits do. */
    boolean isWidenedIn(DeviceBuffer out) {
        return out.dtype() == DType.FLOAT32 && this != FLOAT32;
    }
}
