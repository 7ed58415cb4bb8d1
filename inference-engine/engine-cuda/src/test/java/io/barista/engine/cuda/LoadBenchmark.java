package io.barista.engine.cuda;

import io.barista.engine.backend.Backend;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.model.DecoderWeights;
import io.barista.engine.model.ModelFolder;
import io.barista.engine.model.quantization.WeightFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;

/** How long the weights of a model take from the page cache to the device. */
final class LoadBenchmark {

    private static final int REPEATS = 3;
    private static final int BLOCK = 16 << 20;

    private LoadBenchmark() {}

    /**
     * @param gigabytesPerSecond median
     * @param ceiling            what copies from pinned memory reach
     */
    record Result(double gigabytesPerSecond, double ceiling) {}

    static Result measure(BenchmarkModel model, Path parent) throws IOException {
        Path folder = model.writeInto(parent);
        Path file = folder.resolve("model.safetensors");
        fillWithNoise(file);
        double[] seconds = new double[REPEATS];
        for (int i = 0; i < REPEATS; i++) {
            seconds[i] = load(folder);
            System.out.printf("load %d: %.2f s%n", i, seconds[i]);
        }
        Arrays.sort(seconds);
        double bytes = Files.size(file);
        Files.delete(file);
        return new Result(bytes / seconds[REPEATS / 2] / 1e9, Ceilings.hostToDevice());
    }

    /** From the tensors' names to all of them on the device. */
    private static double load(Path path) {
        ModelFolder folder = ModelFolder.open(path);
        try (TensorOps ops = new CudaBackend().open(new Backend.Options(0, DType.BFLOAT16))) {
            long started = System.nanoTime();
            DecoderWeights.load(folder, folder.decoder(), WeightFormat.PLAIN, ops, null);
            ops.freeBytes();
            return (System.nanoTime() - started) / 1e9;
        }
    }

    /** In place of the hole behind the header, which no memory would be read for. */
    private static void fillWithNoise(Path file) throws IOException {
        ByteBuffer noise = ByteBuffer.allocateDirect(BLOCK); // a buffer on the heap would be copied once more for every write
        Random random = new Random(1);
        for (int i = 0; i < BLOCK; i += 8) {
            noise.putLong(i, random.nextLong() & 0xbfffbfffbfffbfffL); // without the exponents' upper bits: no infinities
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer length = ByteBuffer.allocate(8).order(java.nio.ByteOrder.LITTLE_ENDIAN);
            channel.read(length, 0);
            long begin = 8 + length.getLong(0);
            long size = channel.size();
            LongStream.range(0, Math.ceilDiv(size - begin, BLOCK)).parallel().forEach(block -> {
                long at = begin + block * BLOCK;
                try {
                    channel.write(noise.slice(0, (int) Math.min(BLOCK, size - at)), at);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
