package io.barista.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.config.DtypeChoice;
import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.engine.LogitsProbe;
import io.barista.engine.model.ModelFolder;
import io.barista.engine.testkit.TinyModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** DeepSeek-V3's own checkpoint has its {@code kv_b_proj} in e4m3, as all projections. */
class QuantizedLatentTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final float SCALE = 0.01f;

    @TempDir
    private Path temporary;

    @Test
    void theProjectionFromLatentsMayBeQuantised() throws IOException {
        Path codes = withProjection(temporary.resolve("codes"), true);
        Path numbers = withProjection(temporary.resolve("numbers"), false);

        assertThat(logits(codes)).isEqualTo(logits(numbers));
    }

    private static float[] logits(Path folder) {
        EngineConfig config = EngineConfig.empty().with(EngineOptions.DTYPE, DtypeChoice.FLOAT32);
        try (LogitsProbe probe = LogitsProbe.open(ModelFolder.open(folder), config, List.of(new CpuBackend()))) {
            return probe.run(new int[]{1, 2, 3, 40, 5}, 1).lastLogits();
        }
    }

    /** The same random numbers in every layer's projection, in e4m3 with a scale or in float32. */
    private static Path withProjection(Path parent, boolean asCodes) throws IOException {
        Path folder = TinyModel.DEEPSEEK_V3_MLA_MOE.unpackInto(parent);
        Path file = folder.resolve("model.safetensors");
        ByteBuffer old = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int headerBytes = (int) old.getLong(0);
        JsonNode header = JSON.readTree(new String(old.array(), 8, headerBytes, StandardCharsets.UTF_8));
        ObjectNode changed = JSON.createObjectNode();
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        Random random = new Random(3);
        for (Map.Entry<String, JsonNode> entry : header.properties()) {
            if (entry.getKey().equals("__metadata__")) {
                continue;
            }
            JsonNode tensor = entry.getValue();
            if (!entry.getKey().endsWith("kv_b_proj.weight")) {
                int begin = 8 + headerBytes + tensor.get("data_offsets").get(0).asInt();
                int end = 8 + headerBytes + tensor.get("data_offsets").get(1).asInt();
                put(changed, data, entry.getKey(), tensor.get("dtype").asString(), tensor.get("shape"),
                        Arrays.copyOfRange(old.array(), begin, end));
                continue;
            }
            byte[] projection = codes(random, tensor.get("shape").get(0).asInt() * tensor.get("shape").get(1).asInt());
            if (asCodes) {
                put(changed, data, entry.getKey(), "F8_E4M3", tensor.get("shape"), projection);
                put(changed, data, entry.getKey() + "_scale_inv", "F32", JSON.readTree("[2, 1]"),
                        floats(SCALE, SCALE));
            } else {
                float[] numbers = new float[projection.length];
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = SCALE * Float8.toFloat(projection[i]);
                }
                put(changed, data, entry.getKey(), "F32", tensor.get("shape"), floats(numbers));
            }
        }
        write(file, changed, data.toByteArray());
        Path config = folder.resolve("config.json");
        ObjectNode fields = (ObjectNode) JSON.readTree(Files.readString(config));
        fields.set("quantization_config", JSON.readTree("""
                {"quant_method": "fp8", "fmt": "e4m3", "activation_scheme": "dynamic", "weight_block_size": [128, 128]}
                """));
        Files.writeString(config, fields.toString());
        return folder;
    }

    /** Of magnitudes up to 30. */
    private static byte[] codes(Random random, int count) {
        byte[] codes = new byte[count];
        for (int i = 0; i < count; i++) {
            codes[i] = (byte) (random.nextInt(0x60) | (random.nextBoolean() ? 0x80 : 0));
        }
        return codes;
    }

    private static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.array();
    }

    private static void put(ObjectNode header, ByteArrayOutputStream data, String name, String dtype, JsonNode shape,
            byte[] bytes) {
        ObjectNode tensor = header.putObject(name).put("dtype", dtype);
        tensor.set("shape", shape);
        tensor.putArray("data_offsets").add(data.size()).add(data.size() + bytes.length);
        data.writeBytes(bytes);
    }

    private static void write(Path file, ObjectNode header, byte[] data) throws IOException {
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(file, bytes.putLong(json.length).put(json).put(data).array());
    }
}
