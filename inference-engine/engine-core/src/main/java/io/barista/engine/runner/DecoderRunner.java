package io.barista.engine.runner;

import io.barista.engine.EngineEvent.TokenLogprob;
import io.barista.engine.EngineEvent.TokenLogprobs;
import io.barista.engine.backend.DeviceSensors;
import io.barista.engine.backend.DrawnTokens;
import io.barista.engine.backend.SamplingRows;
import io.barista.engine.backend.StepInputs;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.grammar.ConstrainedOutput;
import io.barista.engine.lora.Adapter;
import io.barista.engine.model.Decoder;
import io.barista.engine.model.LongSequences;
import io.barista.engine.sampling.DeviceRows;
import io.barista.engine.sampling.RawLogprobs;
import io.barista.engine.sampling.Sampler;
import io.barista.engine.scheduler.Sequence;
import io.barista.engine.scheduler.StepPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs a {@link Decoder} on a backend. Tokens are drawn on the device where that can, so that only ids come back; where a grammar, a list
 * of allowed tokens or a beam needs to see all logits, the host draws. Allocates nothing per step but the log-probabilities asked for.
 */
public final class DecoderRunner implements ModelRunner {

    private final Decoder decoder;
    private final TensorOps ops;
    private final StepInputs inputs;
    private final StepInputsWriter writer;
    private final Sampler sampler;
    private final LogitsTap tap;
    private final RawLogprobs rawLogprobs;
    private final float[] logits; // [V], of one row at a time
    private final SamplingRows draws;
    private final DeviceRows deviceRows;
    private final DrawnTokens drawn;

    /** @param ops closed with this runner */
    public DecoderRunner(Decoder decoder, TensorOps ops, StepInputs inputs, LongSequences longSequences,
            Sampler sampler, LogitsTap tap) {
        this.decoder = decoder;
        this.ops = ops;
        this.inputs = inputs;
        this.writer = new StepInputsWriter(longSequences);
        this.sampler = sampler;
        this.tap = tap;
        this.rawLogprobs = new RawLogprobs(decoder.vocabSize());
        this.logits = new float[decoder.vocabSize()];
        this.draws = new SamplingRows(inputs.logitIndices.length);
        this.deviceRows = new DeviceRows(decoder.vocabSize());
        this.drawn = new DrawnTokens(inputs.logitIndices.length);
    }

    @Override
    public void warmUp() {
        ops.warmUp(inputs, () -> decoder.forward(inputs));
    }

    @Override
    public void execute(StepPlan plan, StepResult result) {
        writer.write(plan, inputs);
        decoder.forward(inputs);
        boolean onDevice = isAnyDrawn(plan);
        if (onDevice) {
            decoder.draw(draws(plan));
            ops.drawn(drawn);
        }
        for (int i = 0; i < plan.size(); i++) {
            if (plan.promptRows(i) > 0) {
                result.setPrompt(i, promptLogprobs(plan, i, plan.tokenRow(i) - plan.promptRows(i)));
            }
            if (plan.wantsToken(i)) {
                if (onDevice && isDrawn(plan.sequence(i))) {
                    setDrawn(plan, i, result);
                } else {
                    decoder.readLogits(plan.tokenRow(i), logits);
                    choose(plan.sequence(i), i, result);
                }
            }
        }
    }

    @Override
    public boolean runsAhead(Sequence sequence) {
        return isDrawn(sequence) && DeviceRows.takesAhead(sequence.recipe());
    }

    @Override
    public void begin(StepPlan plan) {
        writer.write(plan, inputs);
        decoder.forward(inputs);
        decoder.draw(draws(plan));
    }

    @Override
    public void await(StepPlan plan, StepResult result) {
        ops.drawn(drawn);
        for (int i = 0; i < plan.size(); i++) {
            if (plan.wantsToken(i)) {
                setDrawn(plan, i, result);
            }
        }
    }

    private void setDrawn(StepPlan plan, int index, StepResult result) {
        int row = plan.tokenRow(index);
        Integer top = plan.sequence(index).sampling().logprobs();
        result.set(index, drawn.tokens[row], top == null ? null : drawnLogprobs(row, top));
    }

    private TokenLogprobs drawnLogprobs(int row, int top) {
        List<TokenLogprob> best = new ArrayList<>(top);
        for (int i = row * drawn.top; i < row * drawn.top + top; i++) {
            best.add(new TokenLogprob(drawn.topTokens[i], drawn.topLogprobs[i]));
        }
        return new TokenLogprobs(new TokenLogprob(drawn.tokens[row], drawn.logprobs[row]), drawn.ranks[row], best);
    }

    private boolean isAnyDrawn(StepPlan plan) {
        for (int i = 0; i < plan.size(); i++) {
            if (plan.wantsToken(i) && isDrawn(plan.sequence(i))) {
                return true;
            }
        }
        return false;
    }

    private boolean isDrawn(Sequence sequence) {
        return ops.drawsTokens() && tap == LogitsTap.NONE && sequence.constraint() == null
                && DeviceRows.takes(sequence.recipe());
    }

    /** By rows of logits. */
    private SamplingRows draws(StepPlan plan) {
        draws.clear();
        for (int i = 0; i < plan.size(); i++) {
            Sequence sequence = plan.sequence(i);
            for (int promptRow = 0; promptRow < plan.promptRows(i); promptRow++) {
                DeviceRows.skip(draws);
            }
            if (plan.wantsToken(i) && isDrawn(sequence)) {
                deviceRows.add(draws, sequence.recipe(), sequence.sample(), sequence.tokens(), sequence.promptLength(),
                        sequence.plannedLength());
            } else if (plan.wantsToken(i)) {
                DeviceRows.skip(draws);
            }
        }
        return draws;
    }

    private List<TokenLogprobs> promptLogprobs(StepPlan plan, int index, int firstRow) {
        Sequence sequence = plan.sequence(index);
        Integer top = sequence.sampling().promptLogprobs();
        List<TokenLogprobs> prompt = new ArrayList<>(plan.promptRows(index));
        for (int i = 0; i < plan.promptRows(index); i++) {
            decoder.readLogits(firstRow + i, logits);
            rawLogprobs.remember(logits);
            int token = sequence.tokens()[plan.promptRowStart(index) + i + 1];
            prompt.add(rawLogprobs.of(token, top == null ? 0 : top));
        }
        return prompt;
    }

    private void choose(Sequence sequence, int index, StepResult result) {
        tap.onLogits(sequence, logits);
        Integer top = sequence.sampling().logprobs();
        if (top != null) {
            rawLogprobs.remember(logits);
        }
        ConstrainedOutput constraint = sequence.constraint();
        if (constraint != null) {
            constraint.apply(logits);
        }
        int token = sampler.sample(logits, sequence.recipe(), sequence.sample(), sequence.tokens(),
                sequence.promptLength(), sequence.length());
        result.set(index, token, top == null ? null : logprobs(sequence, token, top));
    }

    private TokenLogprobs logprobs(Sequence sequence, int token, int top) {
        List<Integer> asked = sequence.sampling().logprobTokenIds();
        return asked.isEmpty() ? rawLogprobs.of(token, top) : rawLogprobs.of(token, asked);
    }

    @Override
    public void writeAdapter(int slot, Adapter adapter) {
        ops.writeAdapter(slot, adapter.updates());
    }

    @Override
    public Optional<DeviceSensors> sensors() {
        return ops.sensors();
    }

    @Override
    public LongSequences longSequences() {
        return writer.longSequences();
    }

    @Override
    public void close() {
        ops.close();
    }
}
