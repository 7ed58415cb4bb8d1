import com.github.tjake.jlama.model.AbstractModel;
import com.github.tjake.jlama.model.ModelSupport;
import com.github.tjake.jlama.safetensors.DType;
import com.github.tjake.jlama.tensor.AbstractTensor;
import com.github.tjake.jlama.tensor.KvBufferCache;
import com.github.tjake.jlama.util.PhysicalCoreExecutor;
import java.io.File;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;

/** Jlama on the same weights: Jlama FOLDER THREADS; figures as JSON on standard output, medians of {@link #RUNS}. It has no batches of streams. */
final class Jlama {

    private static final int RUNS = 3;

    private final AbstractModel model;
    private final KvBufferCache cache;
    private int requests;

    private Jlama(AbstractModel model) {
        this.model = model;
        this.cache = new KvBufferCache(model);
    }

    public static void main(String[] args) {
        PhysicalCoreExecutor.overrideThreadCount(Integer.parseInt(args[1]));
        Jlama jlama = new Jlama(ModelSupport.loadModel(new File(args[0]), new File("/tmp"), DType.F32, DType.BF16, Optional.empty(),
                Optional.empty()));
        jlama.prefill(64);
        jlama.decode(8);
        System.out.printf("{\"decode-1\": %.4g, \"prefill-512\": %.4g}%n", median(() -> jlama.decode(24)), median(() -> jlama.prefill(512)));
        System.exit(0); // its threads do not end by themselves
    }

    private interface Measurement {
        double run();
    }

    private static double median(Measurement measurement) {
        double[] values = new double[RUNS];
        for (int i = 0; i < RUNS; i++) {
            values[i] = measurement.run();
        }
        Arrays.sort(values);
        return values[RUNS / 2];
    }

    private double prefill(int length) {
        int[] prompt = prompt(length);
        KvBufferCache.KvBuffer buffer = cache.getKvBuffer(UUID.randomUUID());
        AbstractTensor logits = model.makeDenseTensor(model.getConfig().vocabularySize);
        long start = System.nanoTime();
        AbstractTensor hidden = model.batchForward(prompt, 0, buffer);
        model.sample(hidden.slice(hidden.shape().first() - 1), 0, 0, logits);
        double seconds = (System.nanoTime() - start) / 1e9;
        hidden.close();
        return length / seconds;
    }

    private double decode(int tokens) {
        int[] prompt = prompt(16);
        KvBufferCache.KvBuffer buffer = cache.getKvBuffer(UUID.randomUUID());
        AbstractTensor logits = model.makeDenseTensor(model.getConfig().vocabularySize);
        AbstractTensor hidden = model.batchForward(prompt, 0, buffer);
        int next = model.sample(hidden.slice(hidden.shape().first() - 1), 0, 0, logits);
        long start = System.nanoTime();
        for (int i = 0; i < tokens; i++) {
            AbstractTensor output = model.forward(next, prompt.length + i, buffer, Optional.empty());
            next = model.sample(output, 0, 0, logits);
            output.close();
        }
        return tokens / ((System.nanoTime() - start) / 1e9);
    }

    private int[] prompt(int length) {
        int seed = ++requests;
        return IntStream.range(0, length).map(i -> 1000 + (int) ((i * 7919L + seed * 104729L) % 1_000)).toArray();
    }
}
