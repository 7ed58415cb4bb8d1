package io.barista.engine.cuda;

import io.barista.engine.testkit.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A public model's shape without its weights: what a folder of it needs, and how many bytes its tokens cost. */
interface BenchmarkShape {

    String title();

    int vocabulary();

    /** config.json */
    String config();

    List<HollowSafetensors.Tensor> tensors();

    /** Of keys and values, over all layers. */
    long cacheBytesPerToken();

    /** The share of the experts' weights that a row is multiplied by; 1 without experts. */
    default double expertsInUse() {
        return 1;
    }

    /** What a step of so many rows must read of the weights: one table row each, and the experts that some row has chosen. */
    default double weightBytes(int rows) {
        double expertsOfStep = 1 - Math.pow(1 - expertsInUse(), rows);
        boolean tied = tensors().stream().noneMatch(tensor -> tensor.name().equals("lm_head.weight"));
        return tensors().stream()
                .filter(tensor -> tied || !tensor.name().equals("model.embed_tokens.weight"))
                .mapToDouble(tensor -> tensor.bytes() * (tensor.name().contains(".experts.") ? expertsOfStep : 1))
                .sum();
    }

    /** Weights that each row is multiplied by. */
    default double parametersInUse() {
        return weightBytes(1) / 2;
    }

    /** A model folder: its weights are a hole of the right size. */
    default Path writeInto(Path parent) throws IOException {
        Path folder = TinyModel.QWEN2_TIED_BIAS.unpackInto(parent.resolve(title()));
        Files.delete(folder.resolve("config.alt.json"));
        Files.writeString(folder.resolve("config.json"), config());
        HollowSafetensors.write(folder.resolve("model.safetensors"), tensors());
        return folder;
    }
}
