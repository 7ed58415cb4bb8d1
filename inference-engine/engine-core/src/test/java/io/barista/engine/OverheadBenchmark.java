package io.barista.engine;

import io.barista.engine.runner.ModelRunner;
import io.barista.engine.runner.StepResult;
import io.barista.engine.sampling.Sampler;
import io.barista.engine.sampling.SamplingRecipe;
import io.barista.engine.scheduler.StepPlan;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

/**
 * Not a test: what the engine itself costs a step, from the end of one forward pass to the beginning of the next, in mid-answer:
 * commands, handing out, stop checks, publishing, scheduling, prefix hashes, and the output thread beside it with detokenizing and
 * events. Also what choosing a token on the host costs, which is a part of no step where the device does it. Writes JSON. Arguments:
 * sequences (32), steps (4000).
 */
final class OverheadBenchmark {

    private static final int VOCABULARY = 151_936;
    private static final int WARM_UP = 3_000;
    private static final int BLOCK = 16;

    private OverheadBenchmark() {}

    public static void main(String[] args) throws InterruptedException {
        int sequences = args.length > 0 ? Integer.parseInt(args[0]) : 32;
        int steps = args.length > 1 ? Integer.parseInt(args[1]) : 4_000;
        long[] gaps = gaps(sequences, steps);
        Arrays.sort(gaps);
        System.out.printf(
                """
                        {"name": "engine/overhead-%d", "unit": "us a step", "p50": %.1f, "p90": %.1f, "p99": %.1f, "mean": %.1f,
                         "steps": %d, "goal": "under 100 at 32 sequences",
                         "sampling_us_a_row": {"vocabulary": %d, "greedy": %.1f, "temperature_top_p_top_k": %.1f, "penalties": %.1f}}
                        """,
                sequences, micros(gaps[gaps.length / 2]), micros(gaps[gaps.length * 9 / 10]),
                micros(gaps[gaps.length * 99 / 100]), micros(Arrays.stream(gaps).sum() / gaps.length), gaps.length,
                VOCABULARY, sampling(TestRequests.sampling()),
                sampling(TestRequests.sampling().temperature(0.7).filters(20, 0.8, 0)),
                sampling(TestRequests.sampling().temperature(0.7).filters(20, 0.8, 0).penalties(1.05, 0.1, 0.1)));
    }

    private static long[] gaps(int sequences, int steps) throws InterruptedException {
        int answer = WARM_UP + steps + 100;
        Clock clock = new Clock(sequences, steps);
        int blocks = sequences * Math.ceilDiv(answer + BLOCK, TestEngine.BLOCK);
        try (LlmEngine engine = TestEngine.start(TestEngine.config(blocks, sequences, -1), clock,
                EngineObserver.NONE)) {
            for (int i = 0; i < sequences; i++) {
                engine.submit(TestRequests.greedy("r" + i, answer, 100 + i, 2, 3), _ -> {});
            }
            clock.done.await();
        }
        return clock.gaps;
    }

    private static double sampling(TestRequests sampling) {
        SamplingRecipe recipe = sampling.recipe(1);
        Sampler sampler = new Sampler(VOCABULARY);
        Random random = new Random(1);
        float[] source = new float[VOCABULARY];
        for (int i = 0; i < source.length; i++) {
            source[i] = (float) (3 * random.nextGaussian());
        }
        int[] tokens = random.ints(500, 0, VOCABULARY).toArray();
        float[] logits = new float[VOCABULARY];
        double best = Double.MAX_VALUE;
        for (int round = 0; round < 10; round++) {
            long nanos = 0;
            for (int i = 0; i < 20; i++) {
                System.arraycopy(source, 0, logits, 0, source.length);
                long start = System.nanoTime();
                sampler.sample(logits, recipe, 0, tokens, 400, 500);
                nanos += System.nanoTime() - start;
            }
            best = Math.min(best, micros(nanos / 20));
        }
        return best;
    }

    private static double micros(long nanos) {
        return nanos / 1e3;
    }

    /** In the model's place: takes no time of its own but a device's, and notes how long the engine was away. */
    private static final class Clock implements ModelRunner {

        /** A device is busy meanwhile, and the output thread gets its turn. */
        private static final long STEP_NANOS = 500_000;

        private final int sequences;
        private final long[] gaps;
        private final CountDownLatch done = new CountDownLatch(1);
        private int seen;
        private long ended;

        Clock(int sequences, int steps) {
            this.sequences = sequences;
            this.gaps = new long[steps];
        }

        @Override
        public void execute(StepPlan plan, StepResult result) {
            long begun = System.nanoTime();
            if (plan.size() == sequences && seen >= WARM_UP && seen < WARM_UP + gaps.length) {
                gaps[seen - WARM_UP] = begun - ended;
            }
            for (int i = 0; i < plan.size(); i++) {
                result.set(i, 20 + seen % 500, null);
            }
            if (++seen == WARM_UP + gaps.length) {
                done.countDown();
            }
            while (System.nanoTime() - begun < STEP_NANOS) {
                Thread.onSpinWait();
            }
            ended = System.nanoTime();
        }

        @Override
        public void close() {}
    }
}
