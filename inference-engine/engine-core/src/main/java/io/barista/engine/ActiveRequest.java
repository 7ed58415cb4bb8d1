package io.barista.engine;

import io.barista.engine.EngineEvent.TokenLogprobs;
import io.barista.engine.output.OutputMessage;
import io.barista.engine.output.RequestOutput;
import io.barista.engine.scheduler.Scheduler;
import io.barista.engine.scheduler.Sequence;
import io.barista.engine.scheduler.SequenceOwner;
import java.util.List;

/** A request inside the engine loop: its sequences, and where their tokens go. */
abstract sealed class ActiveRequest implements SequenceOwner permits SampledRequest, BeamRequest {

    private final EngineCommand.Submit submit;
    private final Outbox outbox;
    private final AdmissionGate gate;
    private boolean started;

    ActiveRequest(EngineCommand.Submit submit, Outbox outbox, AdmissionGate gate) {
        this.submit = submit;
        this.outbox = outbox;
        this.gate = gate;
    }

    /** Those that the scheduler knows, or knew. */
    abstract List<Sequence> sequences();

    /** A sequence has ended and holds nothing any more; true when it was the last of its request. */
    abstract boolean onEnded(Sequence sequence, Scheduler scheduler);

    AcceptedRequest accepted() {
        return submit.accepted();
    }

    String id() {
        return accepted().request().id();
    }

    RequestOutput output() {
        return submit.output();
    }

    Outbox outbox() {
        return outbox;
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

    /** It no longer waits: it has started, or is gone. */
    void leaveGate() {
        if (!started) {
            started = true;
            gate.leave();
        }
    }
}
