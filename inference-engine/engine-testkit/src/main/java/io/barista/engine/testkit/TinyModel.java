package io.barista.engine.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Models with random weights, some 400 KB each, with what transformers computes for them; the folders are Hugging Face's. */
public enum TinyModel {

    /** Grouped-query attention, untied head, rope type llama3, bfloat16. */
    LLAMA_GQA_LLAMA3ROPE("model.safetensors"),

    /** Multi-head attention, tied head, linear rope scaling, float16. */
    LLAMA_MHA_TIED_LINEAR("model.safetensors"),

    /** Three weights files with an index. */
    LLAMA_SHARDED("model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors",
            "model-00003-of-00003.safetensors", "model.safetensors.index.json"),

    /** Biases everywhere, heads of 20 dimensions, rope type yarn. */
    LLAMA_BIASES_YARN("model.safetensors"),

    /** Rope type dynamic, within the context of the first training. */
    LLAMA_DYNAMIC("model.safetensors"),

    /** Biases on q, k and v, tied head. */
    QWEN2_TIED_BIAS("model.safetensors"),

    /** Norms over the heads of q and k, whose size is not hidden size by heads; tied head. */
    QWEN3_QKNORM("model.safetensors"),

    /** A sliding window of 48. */
    MISTRAL_SLIDING("model.safetensors"),

    /** 2 of 4 experts. */
    MIXTRAL_TOP2("model.safetensors"),

    /** 3 of 8 experts without renormalisation, and a gated shared one. */
    QWEN2_MOE_SHARED_EXPERT("model.safetensors"),

    /** 3 of 8 experts, renormalised, in the first and third of three layers. */
    QWEN3_MOE("model.safetensors"),

    /** Soft caps, alternating windows, four norms a layer. */
    GEMMA2_SOFTCAP("model.safetensors"),

    /** Norms over heads, a rope for windowed layers and one for others. */
    GEMMA3_TEXT("model.safetensors"),

    /** Fused weights; short factors up to 96 tokens, long factors above. */
    PHI3_LONGROPE("model.safetensors"),

    /** Three quarters of each head rotated, a sliding window of 40, tied head. */
    PHI3_PARTIAL_ROTARY("model.safetensors"),

    /** Latent attention without a query latent, rope type yarn with a scale on attention, the best experts of all. */
    DEEPSEEK_V2_LITE("model.safetensors"),

    /** Latent attention with a query latent, the best experts of the best groups. */
    DEEPSEEK_V2_GROUPS("model.safetensors"),

    /** Sigmoid scores with corrections, groups by their two best. */
    DEEPSEEK_V3_MLA_MOE("model.safetensors"),

    /** GPTQ, 4 bits in groups of 32, symmetric. */
    LLAMA_GPTQ_INT4("model.safetensors"),

    /** GPTQ with inputs in the order of their importance, asymmetric. */
    LLAMA_GPTQ_ACTORDER("model.safetensors"),

    /** AWQ, 4 bits in groups of 32. */
    LLAMA_AWQ_INT4("model.safetensors"),

    /** compressed-tensors, packed 4 bits in groups of 32. */
    LLAMA_COMPRESSED_INT4("model.safetensors"),

    /** compressed-tensors, e4m3 with a scale per channel. */
    LLAMA_COMPRESSED_FP8("model.safetensors"),

    /** e4m3 with a scale per block of 128 by 128; those at the edge are partial. */
    LLAMA_FP8_BLOCK("model.safetensors");

    private static final List<String> JSON = List.of("config.json", "config.alt.json", "generation_config.json",
            "tokenizer.json", "tokenizer_config.json");

    private final List<String> weights;

    TinyModel(String... weights) {
        this.weights = List.of(weights);
    }

    /** Copies the model into {@code folder}/NAME, for a test may find it in a jar or want to break it. */
    public Path unpackInto(Path folder) {
        return resources().unpackInto(folder);
    }

    /** As {@link #unpackInto}, with config.json in the style of transformers 5. */
    public Path unpackNewStyleInto(Path folder) {
        Path target = unpackInto(folder);
        try {
            Files.copy(target.resolve("config.alt.json"), target.resolve("config.json"),
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return target;
    }

    /** Copies the adapters that the golden names to where {@link #unpackInto} has copied the model. */
    public void unpackAdaptersInto(Path folder) {
        List<String> files = golden().adapters().stream().flatMap(adapter -> Stream
                .of("adapter_config.json", "adapter_model.safetensors").map(file -> adapter.path() + "/" + file))
                .toList();
        new ModelResources(resources().name(), files).unpackInto(folder);
    }

    /** What the model must compute. */
    public ModelGolden golden() {
        try (InputStream source = resources().open("golden.json")) {
            return ModelGolden.read(source);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ModelResources resources() {
        List<String> files = new ArrayList<>(JSON);
        files.addAll(weights);
        return new ModelResources(name().toLowerCase(Locale.ROOT).replace('_', '-'), files);
    }
}
