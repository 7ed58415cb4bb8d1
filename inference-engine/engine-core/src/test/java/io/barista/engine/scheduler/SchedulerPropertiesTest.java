package io.barista.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.AcceptedRequest;
import io.barista.engine.GenerationRequest;
import io.barista.engine.TestRequests;
import io.barista.engine.kvcache.BlockTable;
import io.barista.engine.kvcache.KvBlocks;
import io.barista.engine.kvcache.PrefixScope;
import io.barista.engine.sampling.SamplingRecipe;
import io.barista.engine.sampling.TokenRules;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * Random arrivals, priorities, samples, salts, aborts (deadlines among them: to a scheduler they are the same) and block shortage,
 * against a cache that knows what is in it.
 */
class SchedulerPropertiesTest {

    @Property(tries = 10_000, edgeCases = EdgeCasesMode.NONE)
    void everyStepComputesWhatItSaysFromBlocksThatHoldWhatTheyShould(@ForAll long seed,
            @ForAll @IntRange(min = 1, max = 6) int maxSequences, @ForAll @IntRange(min = 0, max = 20) int moreBudget,
            @ForAll @IntRange(min = 0, max = 9) int threshold, @ForAll @IntRange(min = 1, max = 5) int blockTokens,
            @ForAll @IntRange(min = 0, max = 20) int moreBlocks, @ForAll boolean prefixCaching,
            @ForAll boolean priorities) {
        SchedulerConfig config = new SchedulerConfig(maxSequences, maxSequences + moreBudget, threshold, true,
                maxSequences + moreBudget / 3);
        int blocks = Math.ceilDiv(World.LONGEST, blockTokens) + moreBlocks;
        World world = new World(new Random(seed), config, new KvBlocks(blocks, blockTokens, prefixCaching, seed),
                blockTokens, priorities);
        for (int i = 0; i < 40; i++) {
            world.arriveOrLeave();
            world.step();
        }
        world.drain();
    }

    private static final class World {

        static final int LONGEST = 30;

        private static final Comparator<Sequence> ORDER = Comparator.comparingInt(Sequence::priority)
                .thenComparingInt(World::number).thenComparingInt(Sequence::sample);

        private final Random random;
        private final SchedulerConfig config;
        private final KvBlocks blocks;
        private final boolean priorities;
        private final Scheduler scheduler;
        /** What a key-value slot holds: a name for the token, all before it and the scope; 0 is nothing. */
        private final long[] slots;
        private final Set<Sequence> live = new HashSet<>();
        private final Map<Sequence, Integer> preemptions = new HashMap<>();
        private int arrivals;

        World(Random random, SchedulerConfig config, KvBlocks blocks, int blockTokens, boolean priorities) {
            this.random = random;
            this.config = config;
            this.blocks = blocks;
            this.priorities = priorities;
            this.scheduler = new Scheduler(config, blocks);
            this.slots = new long[blocks.total() * blockTokens];
        }

        void arriveOrLeave() {
            if (random.nextInt(3) == 0) {
                arrive();
            }
            if (random.nextInt(8) == 0 && !live.isEmpty()) {
                Sequence gone = live.stream().sorted(ORDER).skip(random.nextInt(live.size())).findFirst().orElseThrow();
                live.remove(gone);
                scheduler.finish(gone);
                scheduler.finish(gone);
            }
        }

        private void arrive() {
            int[] prompt = new int[1 + random.nextInt(LONGEST - 1)];
            for (int i = 0; i < prompt.length; i++) {
                // Few different tokens, so that prefixes are often equal.
                prompt[i] = random.nextInt(10) == 0 ? random.nextInt(2) : 0;
            }
            int samples = random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 1;
            TestRequests sampling = TestRequests.sampling().samples(samples);
            if (random.nextInt(6) == 0) {
                sampling.promptLogprobs(0);
            }
            String salt = random.nextInt(4) == 0 ? "salt" : null;
            GenerationRequest request = new GenerationRequest("" + arrivals++, prompt, sampling.build(),
                    priorities ? random.nextInt(3) : 0, salt, null);
            AcceptedRequest accepted = new AcceptedRequest(request,
                    new SamplingRecipe(request.sampling(), TokenRules.NONE, 0),
                    Math.min(LONGEST, prompt.length + 1 + random.nextInt(12)), AcceptedRequest.NO_DEADLINE);
            Sequence leader = null;
            int sample = 0;
            for (BlockTable table : blocks.newTables(PrefixScope.ofText(null, salt), samples)) {
                Sequence sequence = new Sequence(accepted, sample++, leader, table, SequenceOwner.NOBODY);
                leader = leader == null ? sequence : leader;
                live.add(sequence);
                scheduler.add(sequence);
            }
        }

        void step() {
            Set<Sequence> waited = new HashSet<>(live);
            waited.removeIf(sequence -> sequence.status() == SequenceStatus.RUNNING);
            StepPlan plan = scheduler.schedule();
            checkPlan(plan);
            checkOrder(waited);
            checkReferences();
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
            assertThat(live).as("every sequence ended").isEmpty();
            assertThat(blocks.free()).as("no block is leaked").isEqualTo(blocks.total());
        }

        private void checkPlan(StepPlan plan) {
            if (!scheduler.isIdle()) {
                assertThat(plan.isEmpty()).as("idle only when there is nothing to do").isFalse();
            }
            assertThat(plan.tokens()).isLessThanOrEqualTo(config.tokenBudget());
            assertThat(plan.logitRows()).isLessThanOrEqualTo(config.logitRows());
            assertThat(plan.size()).isLessThanOrEqualTo(config.maxSequences());
            assertThat(plan.size()).as("everybody who runs gets a token").isEqualTo(scheduler.running());
            Set<Sequence> planned = new HashSet<>();
            int tokens = 0;
            for (int i = 0; i < plan.size(); i++) {
                Sequence sequence = plan.sequence(i);
                assertThat(planned.add(sequence)).isTrue();
                assertThat(sequence.status()).isEqualTo(SequenceStatus.RUNNING);
                assertThat(plan.count(i)).isBetween(1, sequence.pending());
                tokens += plan.count(i);
            }
            assertThat(plan.tokens()).isEqualTo(tokens);
        }

        /** Who starts is before all who still wait, but for samples that wait for their leader; who is preempted is behind all who run. */
        private void checkOrder(Set<Sequence> waited) {
            Sequence last = live.stream().filter(each -> each.status() == SequenceStatus.RUNNING).max(ORDER)
                    .orElse(null);
            for (Sequence sequence : live) {
                boolean starts = waited.contains(sequence) && sequence.status() == SequenceStatus.RUNNING;
                if (starts) {
                    for (Sequence other : live) {
                        if (other.status() != SequenceStatus.RUNNING && !other.awaitsLeader()
                                && ORDER.compare(sequence, other) > 0) {
                            throw new AssertionError("%s started before %s".formatted(sequence, other));
                        }
                    }
                }
                int before = preemptions.getOrDefault(sequence, 0);
                if (sequence.preemptions() > before) {
                    preemptions.put(sequence, sequence.preemptions());
                    assertThat(last == null || ORDER.compare(last, sequence) < 0)
                            .as("%s was preempted before %s", sequence, last).isTrue();
                }
            }
        }

        /** A block is referred to by just those tables that have it. */
        private void checkReferences() {
            int[] held = new int[blocks.total()];
            for (Sequence sequence : live) {
                for (int i = 0; i < sequence.blocks().size(); i++) {
                    held[sequence.blocks().number(i)]++;
                }
            }
            int used = 0;
            for (int block = 0; block < held.length; block++) {
                if (blocks.references(block) != held[block]) {
                    throw new AssertionError(
                            "block %d is held by %d tables, but counts %d".formatted(block, held[block],
                                    blocks.references(block)));
                }
                used += held[block] > 0 ? 1 : 0;
            }
            assertThat(blocks.free()).isEqualTo(blocks.total() - used);
        }

        /** As a device does: writes all of the step's keys and values, then reads all that each sequence sees. */
        private void compute(StepPlan plan) {
            for (int i = 0; i < plan.size(); i++) {
                Sequence sequence = plan.sequence(i);
                int end = sequence.computed() + plan.count(i);
                long name = prefixName(sequence, sequence.computed());
                for (int position = sequence.computed(); position < end; position++) {
                    name = next(name, sequence, position);
                    slots[sequence.blocks().slot(position)] = name;
                }
            }
            for (int i = 0; i < plan.size(); i++) {
                Sequence sequence = plan.sequence(i);
                long name = prefixName(sequence, 0);
                for (int position = 0; position < sequence.computed() + plan.count(i); position++) {
                    name = next(name, sequence, position);
                    if (slots[sequence.blocks().slot(position)] != name) {
                        throw new AssertionError("%s reads somebody else's token %d".formatted(sequence, position));
                    }
                }
            }
        }

        private static long prefixName(Sequence sequence, int length) {
            long name = sequence.request().cacheSalt() == null ? 1 : 2;
            for (int i = 0; i < length; i++) {
                name = next(name, sequence, i);
            }
            return name;
        }

        private static long next(long name, Sequence sequence, int position) {
            return name * 31 + sequence.tokens()[position] + 1;
        }

        private static int number(Sequence sequence) {
            return Integer.parseInt(sequence.request().id());
        }
    }
}
