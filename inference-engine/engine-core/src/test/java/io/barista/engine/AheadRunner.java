package io.barista.engine;

import io.barista.engine.runner.ModelRunner;
import io.barista.engine.runner.StepResult;
import io.barista.engine.sampling.DeviceRows;
import io.barista.engine.scheduler.Sequence;
import io.barista.engine.scheduler.StepPlan;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.function.IntBinaryOperator;

/**
 * A model on a device: the tokens of a step that has begun are on the device, where the next step finds them, and nobody else until they
 * are awaited. A sequence's next token is a function of its last one and its length.
 */
final class AheadRunner implements ModelRunner {

    private final IntBinaryOperator next;
    private final Deque<int[]> underWay = new ArrayDeque<>();
    private int[] onDevice = {};
    /** What was called, in order. */
    final List<String> calls = Collections.synchronizedList(new ArrayList<>());

    AheadRunner(IntBinaryOperator next) {
        this.next = next;
    }

    @Override
    public void execute(StepPlan plan, StepResult result) {
        if (!underWay.isEmpty()) {
            throw new IllegalStateException("executed while a step is under way");
        }
        begin(plan);
        calls.set(calls.size() - 1, "execute");
        set(plan, result);
    }

    @Override
    public boolean runsAhead(Sequence sequence) {
        return DeviceRows.takesAhead(sequence.recipe());
    }

    @Override
    public void begin(StepPlan plan) {
        calls.add("begin");
        if (underWay.size() == 2) {
            throw new IllegalStateException("a third step began");
        }
        int[] drawn = new int[plan.logitRows()];
        for (int i = 0; i < plan.size(); i++) {
            if (plan.wantsToken(i)) {
                Sequence sequence = plan.sequence(i);
                int length = sequence.plannedLength();
                int last = length > sequence.length()
                        ? onDevice[sequence.expectedRow()]
                        : sequence.tokens()[length - 1];
                drawn[plan.tokenRow(i)] = next.applyAsInt(last, length);
            }
        }
        onDevice = drawn;
        underWay.add(drawn);
    }

    @Override
    public void await(StepPlan plan, StepResult result) {
        calls.add("await");
        set(plan, result);
    }

    private void set(StepPlan plan, StepResult result) {
        int[] drawn = underWay.remove();
        for (int i = 0; i < plan.size(); i++) {
            if (plan.wantsToken(i)) {
                result.set(i, drawn[plan.tokenRow(i)], null);
            }
        }
    }

    @Override
    public void close() {}
}
