package io.barista.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.TestRequests;
import io.barista.engine.kvcache.BlockTable;
import io.barista.engine.kvcache.KvBlocks;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Random arrivals, aborts and block shortage against a cache that knows what is in it. */
class SchedulerPropertiesTest {

    @Property(tries = 2_000, edgeCases = EdgeCasesMode.NONE)
    void everyStepComputesWhatItSaysFromBlocksThatHoldWhatTheyShould(@ForAll long seed,
            @ForAll @IntRange(min = 1, max = 6) int maxSequences, @ForAll @IntRange(min = 0, max = 20) int moreBudget,
            @ForAll @IntRange(min = 0, max = 9) int threshold, @ForAll @IntRange(min = 1, max = 5) int blockTokens,
            @ForAll @IntRange(min = 0, max = 20) int moreBlocks, @ForAll boolean prefixCaching) {
        SchedulerConfig config = new SchedulerConfig(maxSequences, maxSequences + moreBudget, threshold, true);
        int blocks = Math.ceilDiv(World.LONGEST, blockTokens) + moreBlocks;
        World world = new World(new Random(seed), config, new KvBlocks(blocks, blockTokens, prefixCaching, seed),
                blockTokens);
        for (int i = 0; i < 60; i++) {
            world.arriveOrAbort();
            world.step();
        }
        world.drain();
    }

    private static final class World {

        static final int LONGEST = 30;

        private final Random random;
        private final SchedulerConfig config;
        private final KvBlocks blocks;
        private final Scheduler scheduler;
        /** What a key-value slot holds: a name for the token and all before it; 0 is nothing. */
        private final long[] slots;
        private final List<Sequence> live = new ArrayList<>();
        private final List<Integer> firstStarts = new ArrayList<>();
        private final Set<Integer> begun = new HashSet<>();
        private final Set<Integer> aborted = new HashSet<>();
        private int arrivals;

        World(Random random, SchedulerConfig config, KvBlocks blocks, int blockTokens) {
            this.random = random;
            this.config = config;
            this.blocks = blocks;
            this.scheduler = new Scheduler(config, blocks);
            this.slots = new long[blocks.total() * blockTokens];
        }

        void arriveOrAbort() {
            if (random.nextInt(3) == 0) {
                int length = 1 + random.nextInt(LONGEST - 1);
                int[] prompt = new int[length];
                for (int i = 0; i < length; i++) {
                    // Few different tokens, so that prefixes are often equal.
                    prompt[i] = random.nextInt(10) == 0 ? random.nextInt(2) : 0;
                }
                int maxLength = Math.min(LONGEST, length + 1 + random.nextInt(12));
                Sequence sequence = TestRequests.sequence(TestRequests.greedy("" + arrivals++, 1, prompt), maxLength,
                        blocks.newTable());
                live.add(sequence);
                scheduler.add(sequence);
            }
            if (random.nextInt(8) == 0 && !live.isEmpty()) {
                Sequence sequence = live.remove(random.nextInt(live.size()));
                aborted.add(number(sequence));
                scheduler.finish(sequence);
            }
        }

        void step() {
            StepPlan plan = scheduler.schedule();
            checkPlan(plan);
            compute(plan);
            scheduler.advance(plan);
            for (int i = 0; i < plan.size(); i++) {
                Sequence sequence = plan.sequence(i);
                if (sequence.pending() == 0) {
                    sequence.append(random.nextInt(2));
                    if (sequence.isAtMaxLength()) {
                        scheduler.finish(sequence);
                        assertThat(live.remove(sequence)).as("ends once").isTrue();
                    }
                }
            }
            blocks.checkInvariants();
        }

        void drain() {
            int steps = 0;
            while (!scheduler.isIdle()) {
                step();
                assertThat(++steps).as("makes progress").isLessThan(20_000);
            }
            assertThat(live).isEmpty();
            assertThat(blocks.free()).as("no block is leaked").isEqualTo(blocks.total());
            assertThat(firstStarts).as("first come, first served").isSorted();
            for (int arrival = 0; arrival < arrivals; arrival++) {
                assertThat(begun.contains(arrival) || aborted.contains(arrival)).isTrue();
            }
        }

        private void checkPlan(StepPlan plan) {
            if (!scheduler.isIdle()) {
                assertThat(plan.isEmpty()).as("idle only when there is nothing to do").isFalse();
            }
            assertThat(plan.tokens()).isLessThanOrEqualTo(config.tokenBudget());
            assertThat(plan.size()).isLessThanOrEqualTo(config.maxSequences());
            assertThat(scheduler.running()).isLessThanOrEqualTo(config.maxSequences());
            Set<Sequence> planned = new HashSet<>();
            int tokens = 0;
            for (int i = 0; i < plan.size(); i++) {
                Sequence sequence = plan.sequence(i);
                assertThat(planned.add(sequence)).isTrue();
                assertThat(sequence.status()).isEqualTo(SequenceStatus.RUNNING);
                assertThat(plan.count(i)).isBetween(1, sequence.pending());
                tokens += plan.count(i);
                if (begun.add(number(sequence))) {
                    firstStarts.add(number(sequence));
                }
            }
            assertThat(plan.tokens()).isEqualTo(tokens);
        }

        /** As a device does: writes all of the step's keys and values, then reads all that each sequence sees. */
        private void compute(StepPlan plan) {
            for (int i = 0; i < plan.size(); i++) {
                Sequence sequence = plan.sequence(i);
                int end = sequence.computed() + plan.count(i);
                for (int position = sequence.computed(); position < end; position++) {
                    slots[sequence.blocks().slot(position)] = prefixName(sequence, position);
                }
            }
            for (int i = 0; i < plan.size(); i++) {
                Sequence sequence = plan.sequence(i);
                BlockTable table = sequence.blocks();
                for (int position = 0; position < sequence.computed() + plan.count(i); position++) {
                    assertThat(slots[table.slot(position)]).isEqualTo(prefixName(sequence, position));
                }
            }
        }

        private static int number(Sequence sequence) {
            return Integer.parseInt(sequence.request().id());
        }

        private static long prefixName(Sequence sequence, int position) {
            long name = 1;
            for (int i = 0; i <= position; i++) {
                name = name * 31 + sequence.tokens()[i] + 1;
            }
            return name;
        }
    }
}
