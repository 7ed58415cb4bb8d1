package io.barista.config;

/** The {@code quantization} knob: how weights are kept; {@code auto} is as the model folder has them. */
public enum QuantizationChoice {
    AUTO, INT8, GPTQ, AWQ, FP8, COMPRESSED_TENSORS
}
