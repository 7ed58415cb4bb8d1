package io.barista.engine.runner;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.barista.engine.TestRequests;
import io.barista.engine.backend.StepInputs;
import io.barista.engine.kvcache.KvBlocks;
import io.barista.engine.model.LongSequences;
import io.barista.engine.sampling.Sampler;
import io.barista.engine.sampling.SamplingRecipe;
import io.barista.engine.scheduler.Scheduler;
import io.barista.engine.scheduler.SchedulerConfig;
import io.barista.engine.scheduler.Sequence;
import io.barista.engine.scheduler.StepPlan;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The hot path between two forward passes, with 32 sequences in mid-answer. */
class StepAllocationTest {

    private static final int SEQUENCES = 32;
    private static final int BLOCK = 16;
    private static final int STEPS = 400;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void schedulingAndWritingInputsAllocateNothing(boolean prefixCaching) {
        KvBlocks blocks = new KvBlocks(SEQUENCES * 64, BLOCK, prefixCaching, 1);
        Scheduler scheduler = new Scheduler(new SchedulerConfig(SEQUENCES, 512, 0, true), blocks);
        StepInputs inputs = new StepInputs(512, SEQUENCES, 64);
        for (int i = 0; i < SEQUENCES; i++) {
            scheduler
                    .add(TestRequests.sequence(TestRequests.greedy("r" + i, 900, i + 1, 2, 3), 903, blocks.newTable()));
        }
        step(scheduler, inputs, STEPS);

        long before = threads.getCurrentThreadAllocatedBytes();
        step(scheduler, inputs, STEPS);
        long perSequenceAndStep = (threads.getCurrentThreadAllocatedBytes() - before) / (SEQUENCES * STEPS);

        // Bytes: arrays of tokens, blocks and hashes, which double now and then.
        assertThat(perSequenceAndStep).isLessThan(16);
    }

    @Test
    void samplingAllocatesNothing() {
        SamplingRecipe recipe = TestRequests.sampling().temperature(0.8).filters(40, 0.9, 0.05).penalties(1.1, 0.2, 0.1)
                .recipe(7);
        Sampler sampler = new Sampler(5_000);
        Random random = new Random(1);
        float[] source = new float[5_000];
        for (int i = 0; i < source.length; i++) {
            source[i] = (float) random.nextGaussian();
        }
        float[] logits = new float[5_000];
        int[] tokens = {1, 2, 3, 4, 5};
        draw(sampler, recipe, source, logits, tokens);

        long before = threads.getCurrentThreadAllocatedBytes();
        draw(sampler, recipe, source, logits, tokens);

        assertThat((threads.getCurrentThreadAllocatedBytes() - before) / STEPS).isZero();
    }

    private static void draw(Sampler sampler, SamplingRecipe recipe, float[] source, float[] logits, int[] tokens) {
        for (int i = 0; i < STEPS; i++) {
            System.arraycopy(source, 0, logits, 0, source.length);
            sampler.sample(logits, recipe, i, tokens, 2, 5);
        }
    }

    private static void step(Scheduler scheduler, StepInputs inputs, int count) {
        StepInputsWriter writer = new StepInputsWriter(LongSequences.NONE);
        for (int i = 0; i < count; i++) {
            StepPlan plan = scheduler.schedule();
            writer.write(plan, inputs);
            scheduler.advance(plan);
            for (int j = 0; j < plan.size(); j++) {
                plan.sequence(j).append(7);
            }
        }
    }
}
