import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Writes a model of Qwen2.5-0.5B's shape with random weights, the same ones three times: OUT/barista (safetensors, bfloat16),
 * OUT/bf16.gguf and OUT/q8_0.gguf. Usage: java GenerateModel.java TOKENIZER_FOLDER OUT
 */
final class GenerateModel {

    static final int VOCABULARY = 151_936;
    static final int HIDDEN = 896;
    static final int INNER = 4_864;
    static final int LAYERS = 24;
    static final int HEADS = 14;
    static final int KV_HEADS = 2;
    static final int HEAD_DIM = 64;
    private static final int CONTEXT = 32_768;

    /** @param columns 0 for a vector */
    record Tensor(String name, String ggufName, int rows, int columns) {

        int width() {
            return columns == 0 ? rows : columns;
        }

        int count() {
            return columns == 0 ? 1 : rows;
        }

        /** Norms are 1, biases and weights small; the same values for every file. */
        float[] row(int row) {
            float[] values = new float[width()];
            SplittableRandom random = new SplittableRandom(name.hashCode() * 1_000_003L + row);
            for (int i = 0; i < values.length; i++) {
                values[i] = name.endsWith("norm.weight")
                        ? 1
                        : bfloat16(((random.nextInt() >> 8) * 0x1p-23f) * 0.05f);
            }
            return values;
        }
    }

    enum Kind {
        BFLOAT16, FLOAT32, Q8_0
    }

    public static void main(String[] args) throws IOException {
        Path tokenizer = Path.of(args[0]);
        Path out = Files.createDirectories(Path.of(args[1]));
        if (Files.exists(out.resolve("complete"))) {
            return;
        }
        List<Tensor> tensors = tensors();
        Path folder = Files.createDirectories(out.resolve("barista"));
        for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
            Files.copy(tokenizer.resolve(file), folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        Files.writeString(folder.resolve("config.json"), CONFIG);
        safetensors(folder.resolve("model.safetensors"), tensors);
        gguf(out.resolve("bf16.gguf"), tensors, Kind.BFLOAT16);
        gguf(out.resolve("q8_0.gguf"), tensors, Kind.Q8_0);
        Files.writeString(out.resolve("complete"), "");
    }

    private static final String CONFIG = """
            {"architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "vocab_size": %d, "hidden_size": %d,
             "intermediate_size": %d, "num_hidden_layers": %d, "num_attention_heads": %d, "num_key_value_heads": %d,
             "hidden_act": "silu", "max_position_embeddings": %d, "rms_norm_eps": 1e-06, "rope_theta": 1000000.0,
             "tie_word_embeddings": true, "torch_dtype": "bfloat16", "bos_token_id": 0, "eos_token_id": 0}
            """.formatted(VOCABULARY, HIDDEN, INNER, LAYERS, HEADS, KV_HEADS, CONTEXT);

    private static List<Tensor> tensors() {
        List<Tensor> tensors = new ArrayList<>();
        tensors.add(new Tensor("model.embed_tokens.weight", "token_embd.weight", VOCABULARY, HIDDEN));
        int queries = HEADS * HEAD_DIM;
        int keys = KV_HEADS * HEAD_DIM;
        for (int i = 0; i < LAYERS; i++) {
            String layer = "model.layers." + i + ".";
            String block = "blk." + i + ".";
            tensors.add(new Tensor(layer + "input_layernorm.weight", block + "attn_norm.weight", HIDDEN, 0));
            tensors.add(new Tensor(layer + "self_attn.q_proj.weight", block + "attn_q.weight", queries, HIDDEN));
            tensors.add(new Tensor(layer + "self_attn.q_proj.bias", block + "attn_q.bias", queries, 0));
            tensors.add(new Tensor(layer + "self_attn.k_proj.weight", block + "attn_k.weight", keys, HIDDEN));
            tensors.add(new Tensor(layer + "self_attn.k_proj.bias", block + "attn_k.bias", keys, 0));
            tensors.add(new Tensor(layer + "self_attn.v_proj.weight", block + "attn_v.weight", keys, HIDDEN));
            tensors.add(new Tensor(layer + "self_attn.v_proj.bias", block + "attn_v.bias", keys, 0));
            tensors.add(new Tensor(layer + "self_attn.o_proj.weight", block + "attn_output.weight", HIDDEN, queries));
            tensors.add(new Tensor(layer + "post_attention_layernorm.weight", block + "ffn_norm.weight", HIDDEN, 0));
            tensors.add(new Tensor(layer + "mlp.gate_proj.weight", block + "ffn_gate.weight", INNER, HIDDEN));
            tensors.add(new Tensor(layer + "mlp.up_proj.weight", block + "ffn_up.weight", INNER, HIDDEN));
            tensors.add(new Tensor(layer + "mlp.down_proj.weight", block + "ffn_down.weight", HIDDEN, INNER));
        }
        tensors.add(new Tensor("model.norm.weight", "output_norm.weight", HIDDEN, 0));
        return tensors;
    }

    private static void safetensors(Path file, List<Tensor> tensors) throws IOException {
        StringBuilder header = new StringBuilder("{");
        long offset = 0;
        for (Tensor tensor : tensors) {
            long bytes = (long) tensor.count() * tensor.width() * Short.BYTES;
            header.append(header.length() > 1 ? "," : "")
                    .append("\"%s\":{\"dtype\":\"BF16\",\"shape\":%s,\"data_offsets\":[%d,%d]}".formatted(tensor.name(),
                            tensor.columns() == 0 ? "[" + tensor.rows() + "]"
                                    : "[" + tensor.rows() + "," + tensor.columns() + "]",
                            offset, offset + bytes));
            offset += bytes;
        }
        byte[] json = header.append("}").toString().getBytes(StandardCharsets.UTF_8);
        try (Sink sink = new Sink(file)) {
            sink.int64(json.length);
            sink.bytes(json);
            for (Tensor tensor : tensors) {
                sink.values(tensor, Kind.BFLOAT16);
            }
        }
    }

    private static void gguf(Path file, List<Tensor> tensors, Kind matrices) throws IOException {
        try (Sink sink = new Sink(file)) {
            Map<String, Object> metadata = metadata(matrices);
            sink.bytes("GGUF".getBytes(StandardCharsets.UTF_8));
            sink.int32(3);
            sink.int64(tensors.size());
            sink.int64(metadata.size() + 3);
            for (Map.Entry<String, Object> entry : metadata.entrySet()) {
                sink.text(entry.getKey());
                switch (entry.getValue()) {
                    case Integer number -> {
                        sink.int32(4);
                        sink.int32(number);
                    }
                    case Float number -> {
                        sink.int32(6);
                        sink.int32(Float.floatToRawIntBits(number));
                    }
                    case String text -> {
                        sink.int32(8);
                        sink.text(text);
                    }
                    default -> throw new IllegalStateException(entry.getKey());
                }
            }
            vocabulary(sink);
            long offset = 0;
            for (Tensor tensor : tensors) {
                Kind kind = tensor.columns() == 0 ? Kind.FLOAT32 : matrices;
                sink.text(tensor.ggufName());
                sink.int32(tensor.columns() == 0 ? 1 : 2);
                sink.int64(tensor.width());
                if (tensor.columns() != 0) {
                    sink.int64(tensor.rows());
                }
                sink.int32(switch (kind) {
                    case FLOAT32 -> 0;
                    case Q8_0 -> 8;
                    case BFLOAT16 -> 30;
                });
                sink.int64(offset);
                offset = align(offset + bytes(tensor, kind));
            }
            sink.align();
            for (Tensor tensor : tensors) {
                sink.values(tensor, tensor.columns() == 0 ? Kind.FLOAT32 : matrices);
                sink.align();
            }
        }
    }

    private static Map<String, Object> metadata(Kind matrices) {
        return new TreeMap<>(Map.ofEntries(Map.entry("general.architecture", "qwen2"),
                Map.entry("general.name", "random"), Map.entry("general.file_type", matrices == Kind.Q8_0 ? 7 : 32),
                Map.entry("qwen2.block_count", LAYERS), Map.entry("qwen2.context_length", CONTEXT),
                Map.entry("qwen2.embedding_length", HIDDEN), Map.entry("qwen2.feed_forward_length", INNER),
                Map.entry("qwen2.attention.head_count", HEADS), Map.entry("qwen2.attention.head_count_kv", KV_HEADS),
                Map.entry("qwen2.rope.freq_base", 1_000_000f),
                Map.entry("qwen2.attention.layer_norm_rms_epsilon", 1e-6f), Map.entry("tokenizer.ggml.model", "llama"),
                Map.entry("tokenizer.ggml.bos_token_id", 1), Map.entry("tokenizer.ggml.eos_token_id", 2)));
    }

    /** Ids without meaning: prompts are given as ids. */
    private static void vocabulary(Sink sink) throws IOException {
        sink.text("tokenizer.ggml.tokens");
        sink.int32(9);
        sink.int32(8);
        sink.int64(VOCABULARY);
        for (int id = 0; id < VOCABULARY; id++) {
            sink.text(id < 3 ? List.of("<unk>", "<s>", "</s>").get(id)
                    : id < 259 ? "<0x%02X>".formatted(id - 3) : "t" + id);
        }
        sink.text("tokenizer.ggml.scores");
        sink.int32(9);
        sink.int32(6);
        sink.int64(VOCABULARY);
        for (int id = 0; id < VOCABULARY; id++) {
            sink.int32(0);
        }
        sink.text("tokenizer.ggml.token_type");
        sink.int32(9);
        sink.int32(5);
        sink.int64(VOCABULARY);
        for (int id = 0; id < VOCABULARY; id++) {
            sink.int32(id == 0 ? 2 : id < 3 ? 3 : id < 259 ? 6 : 1);
        }
    }

    private static long bytes(Tensor tensor, Kind kind) {
        long elements = (long) tensor.count() * tensor.width();
        return switch (kind) {
            case BFLOAT16 -> elements * 2;
            case FLOAT32 -> elements * 4;
            case Q8_0 -> elements / 32 * 34;
        };
    }

    private static long align(long offset) {
        return (offset + 31) / 32 * 32;
    }

    static float bfloat16(float value) {
        return Float.intBitsToFloat(Float.floatToRawIntBits(value) & 0xffff_0000);
    }

    /** Little-endian, buffered. */
    private static final class Sink implements AutoCloseable {

        private final FileChannel channel;
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
        private long written;

        Sink(Path file) throws IOException {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING);
        }

        private ByteBuffer room(int bytes) throws IOException {
            if (buffer.remaining() < bytes) {
                flush();
            }
            written += bytes;
            return buffer;
        }

        void int32(int value) throws IOException {
            room(4).putInt(value);
        }

        void int64(long value) throws IOException {
            room(8).putLong(value);
        }

        void bytes(byte[] bytes) throws IOException {
            room(bytes.length).put(bytes);
        }

        void text(String text) throws IOException {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            int64(bytes.length);
            bytes(bytes);
        }

        void align() throws IOException {
            while (written % 32 != 0) {
                room(1).put((byte) 0);
            }
        }

        void values(Tensor tensor, Kind kind) throws IOException {
            for (int r = 0; r < tensor.count(); r++) {
                float[] row = tensor.row(r);
                switch (kind) {
                    case BFLOAT16 -> {
                        ByteBuffer to = room(row.length * 2);
                        for (float value : row) {
                            to.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
                        }
                    }
                    case FLOAT32 -> {
                        ByteBuffer to = room(row.length * 4);
                        for (float value : row) {
                            to.putFloat(value);
                        }
                    }
                    case Q8_0 -> blocks(row);
                }
            }
        }

        /** Blocks of 32: a float16 scale and 32 int8 codes. */
        private void blocks(float[] row) throws IOException {
            ByteBuffer to = room(row.length / 32 * 34);
            for (int block = 0; block < row.length; block += 32) {
                float largest = 0;
                for (int i = block; i < block + 32; i++) {
                    largest = Math.max(largest, Math.abs(row[i]));
                }
                float scale = largest / 127;
                to.putShort(Float.floatToFloat16(scale));
                for (int i = block; i < block + 32; i++) {
                    to.put((byte) Math.round(scale == 0 ? 0 : row[i] / scale));
                }
            }
        }

        private void flush() throws IOException {
            buffer.flip();
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            buffer.clear();
        }

        @Override
        public void close() throws IOException {
            flush();
            channel.close();
        }
    }
}
