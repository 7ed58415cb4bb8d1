package io.barista.engine.cuda;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Safetensors files whose data is a hole of the right size. */
final class HollowSafetensors {

    private HollowSafetensors() {}

    /** @param dtype as the header has it */
    record Tensor(String name, String dtype, int... shape) {

        /** Of bfloat16. */
        Tensor(String name, int... shape) {
            this(name, "BF16", shape);
        }

        long bytes() {
            long bytes = switch (dtype) {
                case "F8_E4M3", "I8" -> 1;
                case "BF16" -> 2;
                case "I32" -> 4;
                case "I64" -> 8;
                default -> throw new IllegalArgumentException("no size is known of " + dtype);
            };
            for (int dimension : shape) {
                bytes *= dimension;
            }
            return bytes;
        }
    }

    /** @return where the data begins */
    static long write(Path file, List<Tensor> tensors) throws IOException {
        StringBuilder header = new StringBuilder("{");
        long offset = 0;
        for (Tensor tensor : tensors) {
            long bytes = tensor.bytes();
            String shape = Arrays.stream(tensor.shape()).mapToObj(Integer::toString).collect(Collectors.joining(","));
            header.append(offset == 0 ? "" : ",")
                    .append("\"%s\":{\"dtype\":\"%s\",\"shape\":[%s],\"data_offsets\":[%d,%d]}"
                            .formatted(tensor.name(), tensor.dtype(), shape, offset, offset + bytes));
            offset += bytes;
        }
        header.append('}');
        while (header.length() % 8 != 0) {
            header.append(' ');
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).array());
            out.write(json);
            out.setLength(8 + json.length + offset);
        }
        return 8 + json.length;
    }
}
