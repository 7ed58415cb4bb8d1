package io.barista.engine;

import io.barista.engine.EngineEvent.TokenLogprobs;
import io.barista.engine.kvcache.BlockTable;
import io.barista.engine.scheduler.Scheduler;
import io.barista.engine.scheduler.Sequence;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request whose samples grow side by side, each by itself. */
final class SampledRequest extends ActiveRequest {

    private final List<Sequence> sequences = new ArrayList<>();
    private int unfinished;

    /** @param tables one for each sample */
    SampledRequest(EngineCommand.Submit submit, List<BlockTable> tables, Outbox outbox, AdmissionGate gate) {
        super(submit, outbox, gate);
        this.unfinished = tables.size();
        for (int sample = 0; sample < tables.size(); sample++) {
            sequences.add(new Sequence(submit.accepted(), sample, sample == 0 ? null : sequences.getFirst(),
                    tables.get(sample), this));
        }
    }

    @Override
    List<Sequence> sequences() {
        return sequences;
    }

    @Override
    public void onToken(Sequence sequence, int token, @Nullable TokenLogprobs logprobs,
            @Nullable FinishReason finish) {
        outbox().token(output(), sequence.sample(), token, logprobs, finish, sequence.preemptions());
    }

    @Override
    boolean onEnded(Sequence sequence, Scheduler scheduler) {
        return --unfinished == 0;
    }
}
