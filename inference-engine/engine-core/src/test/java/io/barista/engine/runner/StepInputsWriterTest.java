package io.barista.engine.runner;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.TestRequests;
import io.barista.engine.backend.StepInputs;
import io.barista.engine.kvcache.KvBlocks;
import io.barista.engine.model.LongSequences;
import io.barista.engine.scheduler.Scheduler;
import io.barista.engine.scheduler.SchedulerConfig;
import io.barista.engine.scheduler.Sequence;
import io.barista.engine.scheduler.StepPlan;
import org.junit.jupiter.api.Test;

class StepInputsWriterTest {

    @Test
    void writesAChunkBesideAnAnswerInProgress() {
        KvBlocks blocks = new KvBlocks(8, 4, false, 1);
        Scheduler scheduler = new Scheduler(new SchedulerConfig(2, 4, 0, true), blocks);
        Sequence first = TestRequests.sequence(TestRequests.greedy("a", 5, 10, 11), 7, blocks.newTable());
        Sequence second = TestRequests.sequence(TestRequests.greedy("b", 5, 20, 21, 22, 23, 24, 25), 11,
                blocks.newTable());
        scheduler.add(first);
        scheduler.add(second);
        StepInputs inputs = new StepInputs(4, 2, 3);

        StepPlan plan = scheduler.schedule();
        new StepInputsWriter(LongSequences.NONE).write(plan, inputs);

        assertThat(inputs.tokens).isEqualTo(4);
        assertThat(inputs.sequences).isEqualTo(2);
        assertThat(inputs.tokenIds).containsExactly(10, 11, 20, 21);
        assertThat(inputs.logitRows).isEqualTo(1);
        assertThat(inputs.logitIndices[0]).isEqualTo(1);

        scheduler.advance(plan);
        first.append(12);
        plan = scheduler.schedule();
        new StepInputsWriter(LongSequences.NONE).write(plan, inputs);

        assertThat(inputs.tokenIds).containsExactly(12, 22, 23, 24);
        assertThat(inputs.positions).containsExactly(2, 2, 3, 4);
        assertThat(inputs.queryStarts).containsExactly(0, 1, 4);
        assertThat(inputs.contextLengths).containsExactly(3, 5);
        assertThat(inputs.slots[3]).isEqualTo(second.blocks().number(1) * 4);
        assertThat(inputs.blockTables[3]).isEqualTo(second.blocks().number(0));
        assertThat(inputs.blockTables[4]).isEqualTo(second.blocks().number(1));
        assertThat(inputs.logitRows).isEqualTo(1);
        assertThat(inputs.logitIndices[0]).isZero();
    }
}
