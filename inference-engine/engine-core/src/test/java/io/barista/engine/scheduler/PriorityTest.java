package io.barista.engine.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.GenerationRequest;
import io.barista.engine.TestRequests;
import io.barista.engine.kvcache.KvBlocks;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Lower numbers are served first. */
class PriorityTest {

    private static final int BLOCK = 4;

    private final KvBlocks tables = new KvBlocks(1, BLOCK, true, 7);
    private final List<String> started = new ArrayList<>();
    private int prompts;

    @Test
    void startsTheLowerNumberFirstAndEqualsAsTheyCame() {
        Scheduler scheduler = scheduler(1, 16);
        add(scheduler, "late", 5, 1);
        add(scheduler, "first of two", 0, 1);
        add(scheduler, "second of two", 0, 1);
        add(scheduler, "urgent", -3, 1);
        untilIdle(scheduler);

        assertThat(started).containsExactly("urgent", "first of two", "second of two", "late");
    }

    @Test
    void takesBlocksFromTheHighestNumberEvenIfItCameFirst() {
        Scheduler scheduler = scheduler(4, 3);
        Sequence cheap = add(scheduler, "cheap", 9, 4);
        Sequence dear = add(scheduler, "dear", 1, 4);

        step(scheduler);
        step(scheduler);

        assertThat(cheap.status()).isEqualTo(SequenceStatus.PREEMPTED);
        assertThat(dear.status()).isEqualTo(SequenceStatus.RUNNING);
        untilIdle(scheduler);
        assertThat(cheap.outputLength()).isEqualTo(4);
        assertThat(dear.preemptions()).isZero();
    }

    @Test
    void aPreemptedSequenceWaitsBehindALowerNumber() {
        Scheduler scheduler = scheduler(4, 3);
        Sequence cheap = add(scheduler, "cheap", 9, 5);
        Sequence dear = add(scheduler, "dear", 1, 5);
        step(scheduler);
        step(scheduler);
        assertThat(cheap.status()).isEqualTo(SequenceStatus.PREEMPTED);
        add(scheduler, "new and dear", 0, 5);
        started.clear();
        untilIdle(scheduler);

        assertThat(dear.outputLength()).isEqualTo(5);
        assertThat(started.indexOf("new and dear")).isLessThan(started.lastIndexOf("cheap"));
    }

    @Test
    void aLongPromptOfALowNumberLeavesEveryAnswerItsToken() {
        Scheduler scheduler = new Scheduler(new SchedulerConfig(4, 8, 0, true), new KvBlocks(32, BLOCK, true, 7));
        Sequence answer = add(scheduler, "answer", 5, 9);
        step(scheduler);
        addPrompt(scheduler, "long", 0, 40, 1);
        for (int i = 0; i < 4; i++) {
            int before = answer.outputLength();
            step(scheduler);
            assertThat(answer.outputLength()).isEqualTo(before + 1);
        }
    }

    private Scheduler scheduler(int maxSequences, int blocks) {
        return new Scheduler(new SchedulerConfig(maxSequences, 32, 0, true), new KvBlocks(blocks, BLOCK, true, 7));
    }

    private Sequence add(Scheduler scheduler, String id, int priority, int maxTokens) {
        return addPrompt(scheduler, id, priority, 4, maxTokens);
    }

    private Sequence addPrompt(Scheduler scheduler, String id, int priority, int length, int maxTokens) {
        int first = 1000 * ++prompts;
        int[] prompt = IntStream.range(first, first + length).toArray();
        GenerationRequest request = new GenerationRequest(id, prompt,
                TestRequests.sampling().maxTokens(maxTokens).build(), priority, null, null);
        Sequence sequence = TestRequests.sequence(request, length + maxTokens, tables.newTable());
        scheduler.add(sequence);
        return sequence;
    }

    private void untilIdle(Scheduler scheduler) {
        while (!scheduler.isIdle()) {
            step(scheduler);
        }
    }

    private void step(Scheduler scheduler) {
        StepPlan plan = scheduler.schedule();
        assertThat(plan.isEmpty()).isFalse();
        for (int i = 0; i < plan.size(); i++) {
            if (plan.sequence(i).computed() == plan.sequence(i).cachedTokens() || plan.count(i) > 1) {
                started.add(plan.sequence(i).request().id());
            }
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
    }
}
