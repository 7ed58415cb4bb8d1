import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;

/**
 * What the machine can do, however clever the program: bytes read and float32 multiply-adds a second by so many threads. Usage:
 * MachineFloors THREADS; JSON on standard output.
 */
final class MachineFloors {

    private static final long BYTES_EACH = 256L << 20;
    private static final int REPEATS = 12;

    public static void main(String[] args) throws Exception {
        int threads = Integer.parseInt(args[0]);
        System.out.printf("{\"read_gb_s\": %.1f, \"float32_gflop_s\": %.1f}%n", best(threads, MachineFloors::readBytes),
                best(threads, MachineFloors::multiplyAdd));
    }

    /** The best of several tries, for others may use the machine too; each thread reports units done, in billions. */
    private static double best(int threads, DoubleSupplier work) throws InterruptedException {
        double best = 0;
        for (int repeat = 0; repeat < REPEATS; repeat++) {
            double[] done = new double[threads];
            List<Thread> running = new ArrayList<>();
            long start = System.nanoTime();
            for (int t = 0; t < threads; t++) {
                int own = t;
                running.add(Thread.ofPlatform().start(() -> done[own] = work.getAsDouble()));
            }
            double sum = 0;
            for (int t = 0; t < threads; t++) {
                running.get(t).join();
                sum += done[t];
            }
            best = Math.max(best, sum / ((System.nanoTime() - start) / 1e9));
        }
        return best;
    }

    private static final MemorySegment MEMORY = Arena.global().allocate(BYTES_EACH, 64).fill((byte) 1);
    private static volatile double sink;

    private static double readBytes() {
        LongVector a = LongVector.zero(LongVector.SPECIES_PREFERRED), b = a, c = a, d = a;
        int width = LongVector.SPECIES_PREFERRED.vectorByteSize();
        ByteOrder order = ByteOrder.LITTLE_ENDIAN;
        for (long at = 0; at < BYTES_EACH; at += 4L * width) {
            a = a.add(LongVector.fromMemorySegment(LongVector.SPECIES_PREFERRED, MEMORY, at, order));
            b = b.add(LongVector.fromMemorySegment(LongVector.SPECIES_PREFERRED, MEMORY, at + width, order));
            c = c.add(LongVector.fromMemorySegment(LongVector.SPECIES_PREFERRED, MEMORY, at + 2L * width, order));
            d = d.add(LongVector.fromMemorySegment(LongVector.SPECIES_PREFERRED, MEMORY, at + 3L * width, order));
        }
        sink = a.add(b).add(c).add(d).lane(0);
        return BYTES_EACH / 1e9;
    }

    private static double multiplyAdd() {
        FloatVector x = FloatVector.broadcast(FloatVector.SPECIES_PREFERRED, 0.999f);
        FloatVector a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x;
        int rounds = 40_000_000 / FloatVector.SPECIES_PREFERRED.length();
        for (int round = 0; round < rounds; round++) {
            a = a.fma(x, x);
            b = b.fma(x, x);
            c = c.fma(x, x);
            d = d.fma(x, x);
            e = e.fma(x, x);
            f = f.fma(x, x);
            g = g.fma(x, x);
            h = h.fma(x, x);
            i = i.fma(x, x);
            j = j.fma(x, x);
        }
        sink = a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j).lane(0);
        return 20.0 * rounds * FloatVector.SPECIES_PREFERRED.length() / 1e9;
    }
}
