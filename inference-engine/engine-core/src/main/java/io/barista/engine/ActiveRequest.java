package io.barista.engine;

import io.barista.engine.EngineEvent.TokenLogprobs;
import io.barista.engine.kvcache.BlockTable;
import io.barista.engine.output.OutputMessage;
import io.barista.engine.output.RequestOutput;
import io.barista.engine.scheduler.Sequence;
import io.barista.engine.scheduler.SequenceOwner;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request inside the engine loop: its sequences, and where their tokens go. */
final class ActiveRequest implements SequenceOwner {

    private final EngineCommand.Submit submit;
    private final Outbox outbox;
    private final AdmissionGate gate;
    private final List<Sequence> sequences = new ArrayList<>();
    private int unfinished;
    private boolean started;

    /** @param tables one for each sample */
    ActiveRequest(EngineCommand.Submit submit, List<BlockTable> tables, Outbox outbox, AdmissionGate gate) {
        this.submit = submit;
        this.outbox = outbox;
        this.gate = gate;
        this.unfinished = tables.size();
        for (int sample = 0; sample < tables.size(); sample++) {
            sequences.add(new Sequence(submit.accepted(), sample, sample == 0 ? null : sequences.getFirst(),
                    tables.get(sample), this));
        }
    }

    String id() {
        return submit.accepted().request().id();
    }

    RequestOutput output() {
        return submit.output();
    }

    List<Sequence> sequences() {
        return sequences;
    }

    boolean hasDeadline() {
        return submit.accepted().hasDeadline();
    }

    long deadlineNanos() {
        return submit.accepted().deadlineNanos();
    }

    @Override
    public void onPlanned(Sequence sequence, long nanos) {
        if (!started) {
            leaveGate();
            outbox.add(new OutputMessage.Started(output(), sequence.cachedTokens(), nanos));
        }
    }

    @Override
    public void onPromptLogprobs(List<TokenLogprobs> logprobs) {
        outbox.add(new OutputMessage.PromptTokens(output(), logprobs));
    }

    @Override
    public void onToken(Sequence sequence, int token, @Nullable TokenLogprobs logprobs,
            @Nullable FinishReason finish) {
        outbox.token(output(), sequence.sample(), token, logprobs, finish, sequence.preemptions());
    }

    /** Counts one sequence as ended; true when it was the last. */
    boolean finishOne() {
        return --unfinished == 0;
    }

    /** It no longer waits: it has started, or is gone. */
    void leaveGate() {
        if (!started) {
            started = true;
            gate.leave();
        }
    }
}
