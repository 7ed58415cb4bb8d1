package io.barista.engine.cpu;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.Matrix;
import io.barista.engine.backend.StepInputs;
import io.barista.engine.backend.Weight;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The oracle: every operation as its formula reads, summed in float64, on the calling thread. What other backends are measured
 * against; slow, and the only choice where the JVM has no Vector API.
 */
final class ScalarOps extends CpuOps {

    private float[] weights = new float[0]; // one widened row of a matrix
    private double[] scores = new double[0]; // one query's keys
    private double[] shrunk = new double[0]; // A·x of one row
    private double[] head = new double[0]; // one head of an output

    ScalarOps(DType compute) {
        super(compute);
    }

    @Override
    public Matrix pack(String name, List<? extends Weight> parts) {
        ScalarMatrix matrix = ScalarMatrix.stack(name, parts, arena);
        weights = weights.length < matrix.inputs() ? new float[matrix.inputs()] : weights;
        return matrix;
    }

    @Override
    public KvCache allocateKvCache(KvCache.Shape shape) {
        head = new double[shape.headDim()];
        return ScalarKvCache.allocate(shape, arena);
    }

    @Override
    void embed(Matrix table, int[] tokenIds, int tokens, float scale, float[] out) {
        int columns = table.inputs();
        for (int t = 0; t < tokens; t++) {
            widenRow((ScalarMatrix) table, tokenIds[t]);
            for (int i = 0; i < columns; i++) {
                out[t * columns + i] = weights[i] * scale;
            }
        }
    }

    @Override
    void rmsNorm(float[] x, float[] weight, float eps, int rows, int columns, float[] out) {
        for (int row = 0; row < rows; row++) {
            normalize(x, row * columns, weight, eps, columns, out);
        }
    }

    /** At the same offset of {@code x} and {@code out}, which may be one array. */
    private static void normalize(float[] x, int offset, float[] weight, float eps, int columns, float[] out) {
        double squares = 0;
        for (int i = 0; i < columns; i++) {
            squares += (double) x[offset + i] * x[offset + i];
        }
        double factor = 1 / Math.sqrt(squares / columns + eps);
        for (int i = 0; i < columns; i++) {
            out[offset + i] = (float) (x[offset + i] * factor * weight[i]);
        }
    }

    @Override
    void round(float[] values, int count) {
        Bfloat16.round(values, 0, count);
    }

    @Override
    void matmul(Matrix w, float @Nullable [] bias, float[] x, int rows, float[] out) {
        int inputs = w.inputs();
        for (int output = 0; output < w.outputs(); output++) {
            widenRow((ScalarMatrix) w, output);
            for (int row = 0; row < rows; row++) {
                double sum = bias == null ? 0 : bias[output];
                for (int i = 0; i < inputs; i++) {
                    sum += (double) x[row * inputs + i] * weights[i];
                }
                out[row * w.outputs() + output] = (float) sum;
            }
        }
    }

    private void widenRow(ScalarMatrix matrix, int row) {
        matrix.row(row, weights);
        rounded(weights, matrix.inputs());
    }

    @Override
    void addAdapters(CpuAdapters adapters, int[] slots, int rows, float[] x, float[] out) {
        for (int row = 0; row < rows; row++) {
            for (int part = 0; slots[row] >= 0 && part < adapters.parts(); part++) {
                CpuAdapters.Factors factors = adapters.factors(slots[row], part);
                if (factors != null) {
                    add(factors, x, row * adapters.inputs(), adapters.inputs(), out,
                            row * adapters.width() + adapters.firstColumn(part), adapters.outputs(part));
                }
            }
        }
    }

    private void add(CpuAdapters.Factors factors, float[] x, int from, int inputs, float[] out, int to, int outputs) {
        shrunk = shrunk.length < factors.rank() ? new double[factors.rank()] : shrunk;
        for (int r = 0; r < factors.rank(); r++) {
            double dot = 0;
            for (int i = 0; i < inputs; i++) {
                dot += (double) factors.a()[r * inputs + i] * x[from + i];
            }
            shrunk[r] = factors.scale() * dot;
        }
        for (int o = 0; o < outputs; o++) {
            double sum = out[to + o];
            for (int r = 0; r < factors.rank(); r++) {
                sum += shrunk[r] * factors.b()[r * outputs + o];
            }
            out[to + o] = (float) sum;
        }
    }

    @Override
    void rotate(float[] qkv, AttentionSpec attention, CpuRopeTable rope, float @Nullable [] qNorm,
            float @Nullable [] kNorm, float normEps) {
        int headDim = attention.headDim();
        for (int t = 0; t < step().tokens; t++) {
            for (int h = 0; h < attention.heads() + attention.kvHeads(); h++) {
                int offset = t * attention.qkvWidth() + h * headDim;
                float[] norm = h < attention.heads() ? qNorm : kNorm;
                if (norm != null) {
                    normalize(qkv, offset, norm, normEps, headDim, qkv);
                }
                rotateHead(qkv, offset, rope, step().ropeRows[t]);
            }
        }
    }

    private static void rotateHead(float[] head, int offset, CpuRopeTable rope, int position) {
        int half = rope.rotaryDim() / 2;
        for (int i = 0; i < half; i++) {
            double cos = rope.cosSin()[position * rope.rotaryDim() + i];
            double sin = rope.cosSin()[position * rope.rotaryDim() + half + i];
            double first = head[offset + i];
            double second = head[offset + half + i];
            head[offset + i] = (float) (first * cos - second * sin);
            head[offset + half + i] = (float) (second * cos + first * sin);
        }
    }

    @Override
    void store(float[] rows, int stride, int keys, int values, KvCache cache, int layer) {
        int headDim = cache.shape().headDim();
        for (int t = 0; t < step().tokens; t++) {
            for (int h = 0; h < cache.shape().kvHeads(); h++) {
                int key = t * stride + keys + h * headDim;
                int value = t * stride + values + h * headDim;
                for (int d = 0; d < headDim; d++) {
                    ((ScalarKvCache) cache).set(layer, step().slots[t], h, d, rows[key + d], rows[value + d]);
                }
            }
        }
    }

    @Override
    void pagedAttention(float[] qkv, AttentionSpec attention, KvCache cache, int layer, float[] out) {
        StepInputs step = step();
        for (int s = 0; s < step.sequences; s++) {
            int end = step.queryStarts[s + 1];
            for (int t = step.queryStarts[s]; t < end; t++) {
                int last = step.contextLengths[s] - (end - t); // the position of this query among its sequence's keys
                for (int h = 0; h < attention.heads(); h++) {
                    attend(qkv, t, h, s, last, attention, (ScalarKvCache) cache, layer, out);
                }
            }
        }
    }

    private void attend(float[] qkv, int t, int h, int sequence, int last, AttentionSpec attention, ScalarKvCache cache,
            int layer, float[] out) {
        int headDim = attention.headDim();
        int kvHead = h / (attention.heads() / attention.kvHeads());
        int first = attention.window() > 0 ? Math.max(0, last - attention.window() + 1) : 0;
        scores = scores.length <= last ? new double[Math.max(last + 1, 2 * scores.length)] : scores;

        double max = Double.NEGATIVE_INFINITY;
        for (int position = first; position <= last; position++) {
            long slot = slot(sequence, position, cache.shape().blockTokens());
            double dot = 0;
            for (int d = 0; d < headDim; d++) {
                dot += (double) qkv[t * attention.qkvWidth() + h * headDim + d] * cache.key(layer, slot, kvHead, d);
            }
            double score = dot * attention.scale();
            if (attention.softCap() > 0) {
                score = attention.softCap() * Math.tanh(score / attention.softCap());
            }
            scores[position] = score;
            max = Math.max(max, score);
        }

        double sum = 0;
        Arrays.fill(head, 0);
        for (int position = first; position <= last; position++) {
            long slot = slot(sequence, position, cache.shape().blockTokens());
            double weight = Math.exp(scores[position] - max);
            sum += weight;
            for (int d = 0; d < headDim; d++) {
                head[d] += weight * cache.value(layer, slot, kvHead, d);
            }
        }
        for (int d = 0; d < headDim; d++) {
            out[t * attention.queryWidth() + h * headDim + d] = (float) (head[d] / sum);
        }
    }

    private long slot(int sequence, int position, int blockTokens) {
        int block = step().blockTables[sequence * step().maxBlocksPerSequence() + position / blockTokens];
        return (long) block * blockTokens + position % blockTokens;
    }

    @Override
    void gatedActivation(float[] gateUp, Activation activation, int rows, int inner, float[] out) {
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < inner; i++) {
                double gate = gateUp[row * 2 * inner + i];
                double up = gateUp[row * 2 * inner + inner + i];
                out[row * inner + i] = (float) (activate(gate, activation) * up);
            }
        }
    }

    private static double activate(double x, Activation activation) {
        return switch (activation) {
            case SILU -> x / (1 + Math.exp(-x));
            case GELU -> x * NormalDistribution.cumulative(x);
            case GELU_TANH -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
        };
    }
}
