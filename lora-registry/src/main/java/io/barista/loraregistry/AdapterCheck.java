package io.barista.loraregistry;

import io.barista.sources.SourceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whether a fetched adapter fits its base model: kind, rank, modules, and the shape of each tensor. */
final class AdapterCheck {

    private static final int LARGEST_RANK = 512;
    private static final int LARGEST_HEADER = 64 << 20;
    private static final Map<String, Integer> TYPES = Map.of("F32", 4, "F16", 2, "BF16", 2);
    /** As PEFT saves them; others leave out what stands before the model's own names, and old versions add their name for the adapter. */
    private static final Pattern TENSOR = Pattern
            .compile("(?:base_model\\.model\\.)?(.+)\\.lora_([AB])(?:\\.default)?\\.weight");
    private static final Pattern LAYER = Pattern.compile("layers\\.(\\d{1,9})\\.");

    private final LayerShapes base;

    /** @param baseConfig the base model's {@code config.json} */
    AdapterCheck(JsonNode baseConfig) {
        JsonNode text = baseConfig.path("text_config");
        this.base = new LayerShapes(text.isObject() ? text : baseConfig);
    }

    /** @throws SourceException UNUSABLE, in one line */
    void check(Path folder) {
        try {
            JsonNode config = JsonMapper.shared().readTree(Files.readAllBytes(folder.resolve(Adapter.CONFIG)));
            checkConfig(config);
            checkTensors(folder.resolve(Adapter.WEIGHTS), config);
        } catch (JacksonException e) {
            throw unusable("its JSON cannot be read");
        } catch (IOException e) {
            throw new SourceException(SourceException.Kind.DISK, "the adapter cannot be read back: " + e, e);
        }
    }

    private static void checkConfig(JsonNode config) {
        require(config.path("peft_type").asString("LORA").equalsIgnoreCase("LORA"), "peft_type is not LORA");
        int rank = config.path("r").asInt(0);
        require(rank >= 1 && rank <= LARGEST_RANK, "r must be from 1 to " + LARGEST_RANK + ", is " + rank);
        require(!config.path("use_dora").asBoolean(false), "use_dora is not supported");
        String bias = config.path("bias").asString("none");
        require(bias.equals("none"), "bias must be none, is " + bias);
        JsonNode saved = config.path("modules_to_save");
        require(saved.isMissingNode() || saved.isNull() || saved.isEmpty(), "modules_to_save is not supported");
    }

    private void checkTensors(Path file, JsonNode config) throws IOException {
        Map<String, JsonNode> lower = new HashMap<>();
        Map<String, JsonNode> upper = new HashMap<>();
        try (FileChannel channel = FileChannel.open(file)) {
            long size = channel.size();
            require(size >= 8, "its safetensors file is cut short");
            long length = read(channel, 0, 8).getLong();
            require(length >= 2 && length <= Math.min(LARGEST_HEADER, size - 8), "its safetensors header is broken");
            JsonNode header = JsonMapper.shared()
                    .readTree(read(channel, 8, (int) length).array());
            require(header.isObject(), "its safetensors header is broken");
            for (Map.Entry<String, JsonNode> tensor : header.properties()) {
                if (!tensor.getKey().equals("__metadata__")) {
                    Matcher name = TENSOR.matcher(tensor.getKey());
                    require(name.matches(), "%s is no LoRA matrix of a linear layer%s", tensor.getKey(),
                            hint(tensor.getKey()));
                    checkTensor(tensor.getKey(), tensor.getValue(), size - 8 - length);
                    (name.group(2).equals("A") ? lower : upper).put(name.group(1), tensor.getValue().path("shape"));
                }
            }
        }
        require(!lower.isEmpty(), "it has no tensors");
        require(lower.keySet().equals(upper.keySet()), "lora_A and lora_B do not come in pairs");
        for (Map.Entry<String, JsonNode> module : lower.entrySet()) {
            checkPair(module.getKey(), module.getValue(), Objects.requireNonNull(upper.get(module.getKey())), config);
        }
    }

    private static void checkTensor(String name, JsonNode tensor, long available) {
        Integer bytes = TYPES.get(tensor.path("dtype").asString(""));
        require(bytes != null, "%s: expected F32, F16 or BF16, is %s", name, tensor.path("dtype"));
        JsonNode shape = tensor.path("shape");
        require(shape.size() == 2 && isLength(shape.path(0)) && isLength(shape.path(1)),
                "%s: expected two dimensions", name);
        long from = tensor.path("data_offsets").path(0).asLong(-1);
        long to = tensor.path("data_offsets").path(1).asLong(-1);
        long expected = shape.path(0).longValue() * shape.path(1).longValue() * Objects.requireNonNull(bytes);
        require(from >= 0 && to <= available && to - from == expected, "%s: its data is not all there", name);
    }

    /** Small enough for the product of two, in bytes. */
    private static boolean isLength(JsonNode length) {
        return length.isIntegralNumber() && length.canConvertToInt() && length.intValue() >= 1;
    }

    private void checkPair(String module, JsonNode a, JsonNode b, JsonNode config) {
        long rank = a.path(0).asLong();
        require(rank == b.path(1).asLong(), "%s: lora_A and lora_B have different ranks", module);
        boolean isPattern = !config.path("rank_pattern").isEmpty();
        require(isPattern ? rank <= LARGEST_RANK : rank == config.path("r").asLong(),
                "%s: has rank %d, adapter_config.json says %s", module, rank, config.path("r"));
        Matcher layer = LAYER.matcher(module);
        require(!layer.find() || Integer.parseInt(layer.group(1)) < base.layers(),
                "%s: the base model has %d layers only", module, base.layers());
        LayerShapes.Shape expected = base.of(module)
                .orElseThrow(() -> unusable(module + ": is no layer that adapters can change here" + hint(module)));
        long in = a.path(1).asLong();
        long out = b.path(0).asLong();
        require(expected.fits(in, out), "%s: is for a layer from %d to %d, the base model's is from %d to %d",
                module, in, out, expected.in(), expected.out());
    }

    private static String hint(String name) {
        if (name.contains("embed")) {
            return " (adapters of embeddings are not supported)";
        }
        if (name.contains("lm_head")) {
            return " (adapters of the output matrix are not supported)";
        }
        return name.contains("lora_magnitude_vector") ? " (DoRA is not supported)" : "";
    }

    private static ByteBuffer read(FileChannel channel, long offset, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining() && channel.read(bytes, offset + bytes.position()) >= 0) {
            // until it is full
        }
        return bytes.flip();
    }

    private static void require(boolean isTrue, String otherwise, Object... values) {
        if (!isTrue) {
            throw unusable(values.length == 0 ? otherwise : otherwise.formatted(values));
        }
    }

    private static SourceException unusable(String reason) {
        return new SourceException(SourceException.Kind.UNUSABLE, reason);
    }
}
