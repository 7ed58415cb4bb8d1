package io.barista.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.TestRequests;
import io.barista.engine.kvcache.KvBlocks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SchedulerTest {

    private static final int BLOCK = 4;

    @Test
    void computesAWholePromptThenOneTokenAStep() {
        Steps steps = new Steps(new SchedulerConfig(4, 32, 0, true), 16);
        Sequence sequence = steps.add("a", 10, 3);

        assertThat(steps.next()).containsExactly("a:10");
        assertThat(steps.next()).containsExactly("a:1");
        assertThat(steps.next()).containsExactly("a:1");
        assertThat(sequence.status()).isEqualTo(SequenceStatus.FINISHED);
        assertThat(steps.next()).isEmpty();
        assertThat(steps.blocks.free()).isEqualTo(16);
    }

    @Test
    void computesASequenceAnewOnceItIsLong() {
        Steps steps = new Steps(new SchedulerConfig(4, 32, 0, true), 16, 11);
        Sequence sequence = steps.add("a", 10, 5);

        assertThat(steps.next()).containsExactly("a:10");
        assertThat(steps.next()).containsExactly("a:1");
        assertThat(steps.next()).as("the twelfth token makes it a long one").containsExactly("a:12");
        assertThat(steps.next()).containsExactly("a:1");
        assertThat(sequence.preemptions()).isEqualTo(1);
    }

    @Test
    void sharesNoPrefixBetweenShortAndLongSequences() {
        Steps steps = new Steps(new SchedulerConfig(4, 64, 0, true), 32, 12);
        int[] tokens = IntStream.range(0, 20).toArray();
        steps.add("long", tokens, 1);
        steps.untilIdle();
        Sequence shorter = steps.add("short", Arrays.copyOf(tokens, 12), 1);
        steps.untilIdle();
        Sequence longer = steps.add("long again", tokens, 1);
        steps.untilIdle();

        assertThat(shorter.cachedTokens()).isZero();
        assertThat(longer.cachedTokens()).isEqualTo(16);
    }

    @Test
    void cutsAPromptIntoChunksOfTheBudget() {
        Steps steps = new Steps(new SchedulerConfig(4, 8, 0, true), 16);
        steps.add("a", 20, 2);

        assertThat(steps.next()).containsExactly("a:8");
        assertThat(steps.next()).containsExactly("a:8");
        assertThat(steps.next()).containsExactly("a:4");
        assertThat(steps.next()).containsExactly("a:1");
    }

    @Test
    void decodesBesideTheChunksOfALongPrompt() {
        Steps steps = new Steps(new SchedulerConfig(4, 8, 0, true), 32);
        steps.add("a", 3, 10);
        steps.add("b", 20, 2);

        assertThat(steps.next()).containsExactly("a:3", "b:5");
        assertThat(steps.next()).containsExactly("a:1", "b:7");
        assertThat(steps.next()).containsExactly("a:1", "b:7");
        assertThat(steps.next()).containsExactly("a:1", "b:1");
    }

    @Test
    void leavesRoomBesideALongPromptWhenThereIsAThreshold() {
        Steps steps = new Steps(new SchedulerConfig(4, 16, 6, true), 32);
        steps.add("long", 20, 2);
        steps.add("short", 5, 2);

        assertThat(steps.next()).containsExactly("long:6", "short:5");
        assertThat(steps.next()).containsExactly("long:6", "short:1");
    }

    @Test
    void waitsForAWholeStepWhenPromptsMayNotBeCut() {
        Steps steps = new Steps(new SchedulerConfig(4, 16, 0, false), 32);
        steps.add("a", 10, 3);
        steps.add("b", 10, 3);

        assertThat(steps.next()).containsExactly("a:10");
        assertThat(steps.next()).containsExactly("a:1", "b:10");
    }

    @Test
    void runsNoMoreThanItsNumberOfSequences() {
        Steps steps = new Steps(new SchedulerConfig(2, 32, 0, true), 32);
        steps.add("a", 2, 2);
        steps.add("b", 2, 3);
        steps.add("c", 2, 2);

        assertThat(steps.next()).containsExactly("a:2", "b:2");
        assertThat(steps.next()).containsExactly("a:1", "b:1");
        assertThat(steps.next()).containsExactly("b:1", "c:2");
    }

    @Test
    void preemptsTheNewestSequenceWhenNoBlockIsFree() {
        Steps steps = new Steps(new SchedulerConfig(4, 32, 0, true), 3);
        Sequence older = steps.add("older", 4, 4);
        Sequence newer = steps.add("newer", 4, 4);

        assertThat(steps.next()).containsExactly("older:4", "newer:4");
        assertThat(steps.next()).containsExactly("older:1");
        assertThat(newer.status()).isEqualTo(SequenceStatus.PREEMPTED);
        assertThat(newer.preemptions()).isEqualTo(1);
        assertThat(older.preemptions()).isZero();
        assertThat(steps.scheduler.counters().preemptions()).isEqualTo(1);
        steps.untilIdle();
        assertThat(newer.outputLength()).isEqualTo(4);
        assertThat(steps.blocks.free()).isEqualTo(3);
    }

    @Test
    void putsAPreemptedSequenceBeforeThoseThatNeverRan() {
        Steps steps = new Steps(new SchedulerConfig(2, 32, 0, true), 3);
        steps.add("a", 4, 5);
        Sequence b = steps.add("b", 4, 5);
        steps.add("c", 4, 5);
        steps.next();
        steps.next();
        assertThat(b.status()).isEqualTo(SequenceStatus.PREEMPTED);

        List<String> starts = new ArrayList<>();
        while (!steps.scheduler.isIdle()) {
            starts.addAll(steps.next());
        }
        // What b had computed is still cached, so it needs only its newest token again.
        assertThat(starts.indexOf("b:1")).isNotNegative().isLessThan(starts.indexOf("c:4"));
    }

    @Test
    void samplesOfOneRequestShareTheirPromptWithinTheirFirstStep() {
        Steps steps = new Steps(new SchedulerConfig(4, 32, 0, true), 16);
        int[] prompt = IntStream.range(0, 10).toArray();
        Sequence first = steps.add("a", prompt, 3);
        Sequence second = steps.add("b", prompt, 3);

        assertThat(steps.next()).containsExactly("a:10", "b:2");
        assertThat(second.blocks().number(1)).isEqualTo(first.blocks().number(1));
        assertThat(second.blocks().number(2)).isNotEqualTo(first.blocks().number(2));
        assertThat(second.cachedTokens()).isEqualTo(8);
    }

    @Test
    void finishesASequenceWhereverItIsAndOnlyOnce() {
        Steps steps = new Steps(new SchedulerConfig(1, 32, 0, true), 16);
        Sequence running = steps.add("running", 9, 5);
        Sequence waiting = steps.add("waiting", 9, 5);
        steps.next();

        steps.scheduler.finish(waiting);
        steps.scheduler.finish(running);
        steps.scheduler.finish(running);

        assertThat(steps.scheduler.isIdle()).isTrue();
        assertThat(steps.blocks.free()).isEqualTo(16);
        steps.blocks.checkInvariants();
    }

    /** Executes plans by appending a token to whoever wants one. */
    private static final class Steps {

        final KvBlocks blocks;
        final Scheduler scheduler;
        private int prompts;

        Steps(SchedulerConfig config, int blockCount) {
            this(config, blockCount, Integer.MAX_VALUE);
        }

        Steps(SchedulerConfig config, int blockCount, int longFrom) {
            this.blocks = new KvBlocks(blockCount, BLOCK, true, 7, longFrom);
            this.scheduler = new Scheduler(config, blocks);
        }

        /** With a prompt like no other. */
        Sequence add(String id, int promptLength, int maxTokens) {
            int first = 1000 * ++prompts;
            return add(id, IntStream.range(first, first + promptLength).toArray(), maxTokens);
        }

        Sequence add(String id, int[] prompt, int maxTokens) {
            Sequence sequence = TestRequests.sequence(TestRequests.greedy(id, maxTokens, prompt),
                    prompt.length + maxTokens,
                    blocks.newTable());
            scheduler.add(sequence);
            return sequence;
        }

        List<String> next() {
            StepPlan plan = scheduler.schedule();
            List<String> shown = new ArrayList<>();
            for (int i = 0; i < plan.size(); i++) {
                shown.add(plan.sequence(i).request().id() + ":" + plan.count(i));
            }
            scheduler.advance(plan);
            for (int i = 0; i < plan.size(); i++) {
                Sequence sequence = plan.sequence(i);
                if (sequence.pending() == 0) {
                    sequence.append(5);
                    if (sequence.isAtMaxLength()) {
                        scheduler.finish(sequence);
                    }
                }
            }
            return shown;
        }

        void untilIdle() {
            while (!scheduler.isIdle()) {
                assertThat(next()).isNotEmpty();
            }
        }
    }
}
