package io.barista.engine.runner;

import io.barista.engine.EngineEvent.TokenLogprobs;
import io.barista.engine.SamplingParams;
import io.barista.engine.backend.SamplingRows;
import io.barista.engine.backend.StepInputs;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.grammar.ConstrainedOutput;
import io.barista.engine.lora.Adapter;
import io.barista.engine.model.Decoder;
import io.barista.engine.model.LongSequences;
import io.barista.engine.sampling.RawLogprobs;
import io.barista.engine.sampling.Sampler;
import io.barista.engine.scheduler.Sequence;
import io.barista.engine.scheduler.StepPlan;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a {@link Decoder} on a backend. Plain draws happen on the device where that can, so that only ids come back; whatever needs to
 * see the logits is sampled on the host. Allocates nothing per step but the log-probabilities asked for.
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
    private final int[] drawn; // by row of logits

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
        this.drawn = new int[inputs.logitIndices.length];
    }

    @Override
    public void execute(StepPlan plan, StepResult result) {
        writer.write(plan, inputs);
        decoder.forward(inputs);
        boolean onDevice = isAnyPlain(plan) && decoder.sample(draws(plan), drawn);
        int row = 0;
        for (int i = 0; i < plan.size(); i++) {
            if (plan.promptRows(i) > 0) {
                result.setPrompt(i, promptLogprobs(plan, i, row));
                row += plan.promptRows(i);
            }
            if (plan.wantsToken(i)) {
                if (onDevice && isPlain(plan.sequence(i))) {
                    result.set(i, drawn[row], null);
                } else {
                    decoder.readLogits(row, logits);
                    choose(plan.sequence(i), i, result);
                }
                row++;
            }
        }
    }

    private boolean isAnyPlain(StepPlan plan) {
        for (int i = 0; i < plan.size(); i++) {
            if (plan.wantsToken(i) && isPlain(plan.sequence(i))) {
                return true;
            }
        }
        return false;
    }

    private boolean isPlain(Sequence sequence) {
        return tap == LogitsTap.NONE && sequence.recipe().isPlain() && sequence.sampling().beams() == null
                && sequence.constraint() == null;
    }

    /** By rows of logits; rows that the host samples or only looks at are greedy, which costs least. */
    private SamplingRows draws(StepPlan plan) {
        int row = 0;
        for (int i = 0; i < plan.size(); i++) {
            for (int promptRow = 0; promptRow < plan.promptRows(i); promptRow++) {
                draws.setGreedy(row++);
            }
            if (plan.wantsToken(i)) {
                draw(plan.sequence(i), row++);
            }
        }
        draws.rows = row;
        return draws;
    }

    private void draw(Sequence sequence, int row) {
        SamplingParams sampling = sequence.sampling();
        if (sampling.isGreedy() || !isPlain(sequence)) {
            draws.setGreedy(row);
        } else {
            draws.set(row, sampling.temperature(), Math.max(0, sampling.topK()), sampling.topP(), sampling.minP(),
                    sequence.recipe().uniform(sequence.sample(), sequence.outputLength()));
        }
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
        result.set(index, token, top == null ? null : rawLogprobs.of(token, top));
    }

    @Override
    public void writeAdapter(int slot, Adapter adapter) {
        ops.writeAdapter(slot, adapter.updates());
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
