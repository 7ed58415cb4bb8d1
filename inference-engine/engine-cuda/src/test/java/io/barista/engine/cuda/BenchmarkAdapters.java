package io.barista.engine.cuda;

import io.barista.engine.lora.AdapterSource;
import io.barista.engine.lora.FolderAdapters;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Adapters of every linear layer of a benchmark's model. All have the same random weights, each in a slot of its own. */
final class BenchmarkAdapters {

    private BenchmarkAdapters() {}

    /** Named a0, a1 and so on. */
    static AdapterSource writeInto(Path folder, BenchmarkModel model, int count, int rank) throws IOException {
        Path weights = Files.createDirectories(folder).resolve("weights.safetensors");
        List<HollowSafetensors.Tensor> tensors = new ArrayList<>();
        for (int layer = 0; layer < model.layers(); layer++) {
            for (Map.Entry<String, int[]> linear : model.linears().entrySet()) {
                String module = "base_model.model.model.layers.%d.%s.".formatted(layer, linear.getKey());
                tensors.add(new HollowSafetensors.Tensor(module + "lora_A.weight", rank, linear.getValue()[1]));
                tensors.add(new HollowSafetensors.Tensor(module + "lora_B.weight", linear.getValue()[0], rank));
            }
        }
        randomise(weights, HollowSafetensors.write(weights, tensors));
        Map<String, Path> named = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            Path adapter = Files.createDirectories(folder.resolve("a" + i));
            Files.createLink(adapter.resolve("adapter_model.safetensors"), weights);
            Files.writeString(adapter.resolve("adapter_config.json"), """
                    {"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": %d, "lora_alpha": %d, "bias": "none",
                     "target_modules": ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]}
                    """.formatted(rank, 2 * rank));
            named.put("a" + i, adapter);
        }
        return new FolderAdapters(named, List.of());
    }

    /** Numbers of 0.008 to 0.016 of either sign. */
    private static void randomise(Path file, long start) throws IOException {
        Random random = new Random(5);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                Arena arena = Arena.ofConfined()) {
            MemorySegment data = channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size(), arena);
            for (long at = start; at < data.byteSize(); at += 2) {
                data.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, (short) (random.nextInt() & 0x807F | 0x3C00));
            }
        }
    }
}
