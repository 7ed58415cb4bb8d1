package io.barista.engine.model;

import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.ExpertMatrices;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.LatentAttentionSpec;
import io.barista.engine.backend.LatentMatrix;
import io.barista.engine.backend.Linear;
import io.barista.engine.backend.Matrix;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.backend.Weight;
import io.barista.engine.model.quantization.WeightFormat;
import io.barista.engine.model.quantization.WrittenOut;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds weights by the names of their modules and brings them onto the device.
 *
 * @param format   how projections are stored
 * @param adapters receives the projections that adapters may add to; null when there are to be no adapters
 */
record WeightPacker(Weights weights, WeightFormat format, TensorOps ops, @Nullable AdapterTargets adapters) {

    /** One module of those that are stacked into a matrix, without its {@code .weight} and {@code .bias}. */
    record Part(String name, int outputs) {}

    /** @param name of the stack, for messages */
    Linear linear(String name, boolean biased, int inputs, Part... parts) {
        List<Weight> matrices = new ArrayList<>();
        List<HostTensor> biases = new ArrayList<>();
        for (Part part : parts) {
            matrices.add(weightOf(part.name(), part.outputs(), inputs));
            if (biased) {
                biases.add(weights.require(part.name() + ".bias", part.outputs()));
            }
        }
        return new Linear(pack(name, matrices),
                biased ? ops.upload(HostVectors.concatenate(name + ".bias", biases)) : null,
                adapters == null ? null : adapters.allocate(ops, name, inputs, parts));
    }

    Matrix matrix(String module, int outputs, int inputs) {
        return pack(module, List.of(weightOf(module, outputs, inputs)));
    }

    /** @param tied whether it is the output matrix too */
    Matrix embedding(String module, int outputs, int inputs, boolean tied) {
        WeightFormat ofTable = tied ? format.ofTiedHead() : WeightFormat.PLAIN;
        return pack(module, List.of(ofTable.read(weights, module, outputs, inputs)));
    }

    /** A small projection that decides much, which no format quantises. */
    Linear plain(String module, int outputs, int inputs) {
        return new Linear(pack(module, List.of(WeightFormat.PLAIN.read(weights, module, outputs, inputs))), null,
                null);
    }

    /** @param parts of each expert */
    ExpertMatrices experts(String name, int inputs, List<List<Part>> parts) {
        List<List<Weight>> matrices = parts.stream().map(expert -> expert.stream()
                .map(part -> weightOf(part.name(), part.outputs(), inputs)).toList()).toList();
        return packing(() -> ops.packExperts(name, matrices));
    }

    /** What is quantised is written out: it is small, and multiplied into queries and results alike. */
    LatentMatrix latent(String module, LatentAttentionSpec attention) {
        int outputs = attention.expandedWidth();
        HostTensor expand = weights.isPlain(module + ".weight")
                ? weights.require(module + ".weight", outputs, attention.rank())
                : WrittenOut.of(weightOf(module, outputs, attention.rank()));
        return ops.packLatent(expand, attention);
    }

    /** @param offset whether it is stored less one */
    DeviceBuffer norm(String module, int size, boolean offset) {
        HostTensor weight = weights.require(module + ".weight", size);
        return ops.upload(offset ? HostVectors.plusOne(weight) : weight);
    }

    /** A vector by its full name. */
    DeviceBuffer vector(String name, int size) {
        return ops.upload(weights.require(name, size));
    }

    private Weight weightOf(String module, int outputs, int inputs) {
        return format.read(weights, module, outputs, inputs);
    }

    private Matrix pack(String name, List<Weight> parts) {
        return packing(() -> ops.pack(name, parts));
    }

    /** Parts that are stored in different ways are the folder's fault. */
    private static <T> T packing(Supplier<T> pack) {
        try {
            return pack.get();
        } catch (IllegalArgumentException e) {
            throw JsonFile.invalid("%s", String.valueOf(e.getMessage()));
        }
    }
}
