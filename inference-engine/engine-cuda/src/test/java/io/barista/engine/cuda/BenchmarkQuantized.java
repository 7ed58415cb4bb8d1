package io.barista.engine.cuda;

import io.barista.engine.cuda.HollowSafetensors.Tensor;
import java.util.List;
import java.util.stream.Stream;

/** A dense model whose layers' matrices are quantised as compressed-tensors has them; its table and head are not. */
record BenchmarkQuantized(BenchmarkModel model, Format format) implements BenchmarkShape {

    /** How the codes of a matrix lie in the file. */
    enum Format {

        /** With a scale for 128 inputs. */
        INT4("pack-quantized", """
                {"num_bits": 4, "type": "int", "symmetric": true, "strategy": "group", "group_size": 128}"""),

        /** With a scale for each output. */
        INT8("int-quantized", """
                {"num_bits": 8, "type": "int", "symmetric": true, "strategy": "channel"}"""),

        /** With a scale for each output. */
        FP8("float-quantized", """
                {"num_bits": 8, "type": "float", "symmetric": true, "strategy": "channel"}""");

        private final String name;
        private final String weights;

        Format(String name, String weights) {
            this.name = name;
            this.weights = weights;
        }
    }

    @Override
    public String title() {
        return model.title() + "-" + format.name().toLowerCase(java.util.Locale.ROOT);
    }

    @Override
    public int vocabulary() {
        return model.vocabulary();
    }

    @Override
    public long cacheBytesPerToken() {
        return model.cacheBytesPerToken();
    }

    @Override
    public double parametersInUse() {
        return model.parametersInUse();
    }

    @Override
    public String config() {
        String plain = model.config().strip();
        return plain.substring(0, plain.length() - 1) + """
                , "quantization_config": {"quant_method": "compressed-tensors", "format": "%s", "ignore": ["lm_head"],
                  "config_groups": {"group_0": {"targets": ["Linear"], "weights": %s}}}}
                """.formatted(format.name, format.weights);
    }

    @Override
    public List<Tensor> tensors() {
        return model.tensors().stream().flatMap(this::quantized).toList();
    }

    private Stream<Tensor> quantized(Tensor dense) {
        if (!dense.name().contains("_proj.weight")) {
            return Stream.of(dense);
        }
        int outputs = dense.shape()[0];
        int inputs = dense.shape()[1];
        return switch (format) {
            case INT4 -> Stream.of(new Tensor(dense.name() + "_packed", "I32", outputs, inputs / 8),
                    new Tensor(dense.name() + "_scale", outputs, inputs / 128),
                    new Tensor(dense.name() + "_shape", "I64", 2));
            case INT8 -> Stream.of(new Tensor(dense.name(), "I8", outputs, inputs),
                    new Tensor(dense.name() + "_scale", outputs, 1));
            case FP8 -> Stream.of(new Tensor(dense.name(), "F8_E4M3", outputs, inputs),
                    new Tensor(dense.name() + "_scale", outputs, 1));
        };
    }
}
