package io.barista.engine.model;

import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.Matrix;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.backend.Weight;
import io.barista.engine.model.quantization.WeightFormat;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A decoder's weights on the device: q, k and v as one matrix, gate and up as another. */
public record DecoderWeights(Matrix embedding, List<Layer> layers, DeviceBuffer finalNorm, Matrix head) {

    private static final Logger LOG = LoggerFactory.getLogger(DecoderWeights.class);

    public record Layer(DeviceBuffer attentionNorm, Linear qkv, Linear output, DeviceBuffer mlpNorm, Linear gateUp,
            Linear down) {}

    /** y = x·Wᵀ + b */
    public record Linear(Matrix matrix, @Nullable DeviceBuffer bias) {}

    /**
     * @param format how projections are stored
     * @throws io.barista.engine.EngineException INVALID_MODEL when a weight is missing or does not fit the configuration
     */
    public static DecoderWeights load(ModelFolder folder, WeightFormat format, TensorOps ops) {
        Weights weights = Weights.open(folder.path());
        DecoderWeights loaded = new Loader(folder.decoder(), weights, format, ops).load();
        if (!weights.untouched().isEmpty()) {
            LOG.warn("{} tensors of the folder are not part of a {} and stay unused: {}", weights.untouched().size(),
                    folder.config().architecture(), weights.untouched().stream().limit(5).toList());
        }
        return loaded;
    }

    private record Loader(DecoderSpec spec, Weights weights, WeightFormat format, TensorOps ops) {

        DecoderWeights load() {
            WeightNames names = spec.names();
            WeightFormat tableFormat = spec.tiedHead() ? format.ofTiedHead() : WeightFormat.PLAIN;
            Matrix embedding = matrix(names.embedding(), List.of(tableFormat.read(weights, names.embedding(),
                    spec.vocabSize(), spec.hiddenSize())));
            List<Layer> layers = new ArrayList<>();
            for (int i = 0; i < spec.layers().size(); i++) {
                layers.add(layer(i, spec.layers().get(i)));
            }
            Matrix head = spec.tiedHead()
                    ? embedding
                    : matrix(names.head(), List.of(weightOf(names.head(), spec.vocabSize(), spec.hiddenSize())));
            return new DecoderWeights(embedding, List.copyOf(layers), norm(names.finalNorm()), head);
        }

        private Layer layer(int index, DecoderSpec.Layer layer) {
            WeightNames names = spec.names();
            AttentionSpec attention = layer.attention();
            int hidden = spec.hiddenSize();
            int queries = attention.queryWidth();
            int keys = attention.kvHeads() * attention.headDim();
            int inner = layer.mlp().inner();
            Linear qkv = linear(names.layer(index, "qkv"), layer.qkvBias(), hidden,
                    new Part(names.layer(index, names.query()), queries),
                    new Part(names.layer(index, names.key()), keys),
                    new Part(names.layer(index, names.value()), keys));
            Linear output = linear(names.layer(index, "output"), layer.outputBias(), queries,
                    new Part(names.layer(index, names.output()), hidden));
            Linear gateUp = linear(names.layer(index, "gate_up"), layer.mlp().bias(), hidden,
                    new Part(names.layer(index, names.gate()), inner),
                    new Part(names.layer(index, names.up()), inner));
            Linear down = linear(names.layer(index, "down"), layer.mlp().bias(), inner,
                    new Part(names.layer(index, names.down()), hidden));
            return new Layer(norm(names.layer(index, names.attentionNorm())), qkv, output,
                    norm(names.layer(index, names.mlpNorm())), gateUp, down);
        }

        /** One projection of those that are stacked into a matrix. */
        private record Part(String name, int outputs) {}

        private Linear linear(String name, boolean biased, int inputs, Part... parts) {
            List<Weight> matrices = new ArrayList<>();
            List<HostTensor> biases = new ArrayList<>();
            for (Part part : parts) {
                matrices.add(weightOf(part.name(), part.outputs(), inputs));
                if (biased) {
                    biases.add(weights.require(part.name() + ".bias", part.outputs()));
                }
            }
            return new Linear(matrix(name, matrices),
                    biased ? ops.upload(HostVectors.concatenate(name + ".bias", biases)) : null);
        }

        private Weight weightOf(String name, int outputs, int inputs) {
            return format.read(weights, name, outputs, inputs);
        }

        private Matrix matrix(String name, List<Weight> parts) {
            try {
                return ops.pack(name, parts);
            } catch (IllegalArgumentException e) { // parts that are stored in different ways
                throw JsonFile.invalid("%s", String.valueOf(e.getMessage()));
            }
        }

        private DeviceBuffer norm(String name) {
            return ops.upload(weights.require(name + ".weight", spec.hiddenSize()));
        }
    }
}
