package io.barista.engine.runner;

import io.barista.engine.EngineEvent.TokenLogprobs;
import io.barista.engine.SamplingParams;
import io.barista.engine.backend.StepInputs;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.model.Decoder;
import io.barista.engine.sampling.RawLogprobs;
import io.barista.engine.sampling.Sampler;
import io.barista.engine.scheduler.Sequence;
import io.barista.engine.scheduler.StepPlan;
import org.jspecify.annotations.Nullable;

/** Runs a {@link Decoder} on a backend and samples on the host. Allocates nothing per step but the log-probabilities asked for. */
public final class DecoderRunner implements ModelRunner {

    private final Decoder decoder;
    private final TensorOps ops;
    private final StepInputs inputs;
    private final Sampler sampler;
    private final LogitsTap tap;
    private final RawLogprobs rawLogprobs;
    private final float[] logits; // [V], of one row at a time

    /** @param ops closed with this runner */
    public DecoderRunner(Decoder decoder, TensorOps ops, StepInputs inputs, Sampler sampler, LogitsTap tap) {
        this.decoder = decoder;
        this.ops = ops;
        this.inputs = inputs;
        this.sampler = sampler;
        this.tap = tap;
        this.rawLogprobs = new RawLogprobs(decoder.vocabSize());
        this.logits = new float[decoder.vocabSize()];
    }

    @Override
    public void execute(StepPlan plan, StepResult result) {
        StepInputsWriter.write(plan, inputs);
        decoder.forward(inputs);
        int row = 0;
        for (int i = 0; i < plan.size(); i++) {
            if (plan.wantsToken(i)) {
                decoder.readLogits(row++, logits);
                choose(plan.sequence(i), i, result);
            }
        }
    }

    private void choose(Sequence sequence, int index, StepResult result) {
        tap.onLogits(sequence, logits);
        SamplingParams sampling = sequence.sampling();
        Integer top = sampling.logprobs();
        if (top != null) {
            rawLogprobs.remember(logits);
        }
        int token = sampler.sample(logits, sampling, sequence.tokens(), sequence.promptLength(), sequence.length(),
                sequence.seed(), sequence.sample());
        @Nullable
        TokenLogprobs logprobs = top == null ? null : rawLogprobs.of(token, top);
        result.set(index, token, logprobs);
    }

    @Override
    public void close() {
        ops.close();
    }
}
