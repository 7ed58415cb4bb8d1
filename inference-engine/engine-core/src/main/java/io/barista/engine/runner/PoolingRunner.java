package io.barista.engine.runner;

import io.barista.engine.backend.StepInputs;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.model.Decoder;
import io.barista.engine.model.LongSequences;
import io.barista.engine.model.Pooling;
import io.barista.engine.scheduler.Sequence;
import io.barista.engine.scheduler.StepPlan;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;

/** Runs a {@link Decoder} and pools its hidden states, over as many steps as a sequence takes. Confined to one thread. */
public final class PoolingRunner implements AutoCloseable {

    private final Decoder decoder;
    private final TensorOps ops;
    private final StepInputs inputs;
    private final StepInputsWriter writer;
    private final Pooling pooling;
    private final float[] hidden; // [E], of one row at a time
    private final Map<Sequence, double[]> sums = new IdentityHashMap<>();

    /**
     * @param decoder with room for as many rows as a step has tokens
     * @param ops     closed with this runner
     */
    public PoolingRunner(Decoder decoder, TensorOps ops, StepInputs inputs, LongSequences longSequences,
            Pooling pooling) {
        this.decoder = decoder;
        this.ops = ops;
        this.inputs = inputs;
        this.writer = new StepInputsWriter(longSequences);
        this.pooling = pooling;
        this.hidden = new float[decoder.hiddenSize()];
    }

    public int dimensions() {
        return decoder.hiddenSize();
    }

    /** @param whenDone receives the sequences that this step has completed, with their embeddings */
    public void execute(StepPlan plan, BiConsumer<Sequence, float[]> whenDone) {
        writer.write(plan, inputs);
        chooseRows(plan);
        decoder.forward(inputs);
        int row = 0;
        for (int i = 0; i < plan.size(); i++) {
            Sequence sequence = plan.sequence(i);
            if (sequence.computed() == 0) { // begins, or begins again after it was preempted
                sums.put(sequence, new double[hidden.length]);
            }
            double[] sum = Objects.requireNonNull(sums.get(sequence));
            int rows = rows(plan, i);
            for (int end = row + rows; row < end; row++) {
                add(row, sum);
            }
            if (plan.wantsToken(i)) {
                sums.remove(sequence);
                whenDone.accept(sequence, embedding(sequence, sum));
            }
        }
    }

    /** Forgets what a sequence that goes before its end has pooled so far. */
    public void forget(Sequence sequence) {
        sums.remove(sequence);
    }

    private void chooseRows(StepPlan plan) {
        inputs.logitRows = 0;
        for (int i = 0; i < plan.size(); i++) {
            int first = switch (pooling.kind()) {
                case LAST_TOKEN -> inputs.queryStarts[i + 1] - 1;
                case MEAN, FIRST_TOKEN -> inputs.queryStarts[i];
            };
            int rows = rows(plan, i);
            for (int row = first; row < first + rows; row++) {
                inputs.logitIndices[inputs.logitRows++] = row;
            }
        }
    }

    /** How many of a sequence's rows count in this step. */
    private int rows(StepPlan plan, int index) {
        return switch (pooling.kind()) {
            case LAST_TOKEN -> plan.wantsToken(index) ? 1 : 0;
            case MEAN -> plan.count(index);
            case FIRST_TOKEN -> plan.sequence(index).computed() == 0 ? 1 : 0;
        };
    }

    private void add(int row, double[] sum) {
        decoder.readHidden(row, hidden);
        for (int i = 0; i < hidden.length; i++) {
            sum[i] += hidden[i];
        }
    }

    private float[] embedding(Sequence sequence, double[] sum) {
        double divisor = switch (pooling.kind()) {
            case MEAN -> sequence.length();
            case LAST_TOKEN, FIRST_TOKEN -> 1;
        };
        if (pooling.normalised()) {
            double squares = 0;
            for (double value : sum) {
                squares += value * value;
            }
            divisor = Math.max(Math.sqrt(squares), Double.MIN_NORMAL);
        }
        float[] embedding = new float[sum.length];
        for (int i = 0; i < sum.length; i++) {
            embedding[i] = (float) (sum[i] / divisor);
        }
        return embedding;
    }

    @Override
    public void close() {
        ops.close();
    }
}
