package io.barista.engine;

import io.barista.engine.runner.ModelRunner;
import io.barista.engine.runner.StepResult;
import io.barista.engine.scheduler.Sequence;
import io.barista.engine.scheduler.StepPlan;
import java.util.concurrent.Semaphore;
import java.util.function.ToIntFunction;

/** A model whose next token is given by a function, and whose steps can be let through one by one. */
final class ScriptedRunner implements ModelRunner {

    private final ToIntFunction<Sequence> next;
    private final Semaphore steps;
    volatile boolean closed;

    private ScriptedRunner(ToIntFunction<Sequence> next, int steps) {
        this.next = next;
        this.steps = new Semaphore(steps);
    }

    static ScriptedRunner running(ToIntFunction<Sequence> next) {
        return new ScriptedRunner(next, Integer.MAX_VALUE / 2);
    }

    /** Waits for {@link #letThrough} before each step. */
    static ScriptedRunner stepwise(ToIntFunction<Sequence> next) {
        return new ScriptedRunner(next, 0);
    }

    void letThrough(int count) {
        steps.release(count);
    }

    @Override
    public void execute(StepPlan plan, StepResult result) {
        steps.acquireUninterruptibly();
        for (int i = 0; i < plan.size(); i++) {
            if (plan.wantsToken(i)) {
                result.set(i, next.applyAsInt(plan.sequence(i)), null);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
