package io.barista.engine.cuda;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Safetensors files of bfloat16 whose data is a hole of the right size. */
final class HollowSafetensors {

    private HollowSafetensors() {}

    record Tensor(String name, int... shape) {}

    /** @return where the data begins */
    static long write(Path file, List<Tensor> tensors) throws IOException {
        StringBuilder header = new StringBuilder("{");
        long offset = 0;
        for (Tensor tensor : tensors) {
            long bytes = 2;
            StringBuilder shape = new StringBuilder();
            for (int dimension : tensor.shape()) {
                bytes *= dimension;
                shape.append(shape.isEmpty() ? "" : ",").append(dimension);
            }
            header.append(offset == 0 ? "" : ",")
                    .append("\"%s\":{\"dtype\":\"BF16\",\"shape\":[%s],\"data_offsets\":[%d,%d]}"
                            .formatted(tensor.name(), shape, offset, offset + bytes));
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
