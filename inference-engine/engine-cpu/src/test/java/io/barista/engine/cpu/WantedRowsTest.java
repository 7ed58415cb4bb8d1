package io.barista.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.StepInputs;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.model.Decoder;
import io.barista.engine.model.DecoderSpec;
import io.barista.engine.model.DecoderWeights;
import io.barista.engine.model.ModelFolder;
import io.barista.engine.model.quantization.WeightFormat;
import io.barista.engine.testkit.TestStep;
import io.barista.engine.testkit.TinyModel;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of a prompt's tokens only keys and values are needed of the last layer, but for those whose logits are wanted. */
class WantedRowsTest {

    private static final int[] PROMPT = {5, 17, 3, 250, 44, 9, 8};

    @TempDir
    private Path folder;

    private final List<Integer> rowsOfMlps = new ArrayList<>(); // of every layer, in order

    @Test
    void theLastLayersMlpComputesOnlyTheRowsWhoseLogitsAreWanted() throws IOException {
        logits(PROMPT.length - 1);
        assertThat(rowsOfMlps).hasSizeGreaterThan(1).last().isEqualTo(1);
        assertThat(rowsOfMlps.subList(0, rowsOfMlps.size() - 1)).containsOnly(PROMPT.length);
    }

    @Test
    void aPartOfAPromptWithoutLogitsLeavesTheLastMlpOut() throws IOException {
        logits();
        int withoutLogits = rowsOfMlps.size();
        rowsOfMlps.clear();
        logits(0);
        assertThat(withoutLogits).isEqualTo(rowsOfMlps.size() - 1);
    }

    @Test
    void theLogitsOfARowAreTheSameWhetherAllRowsAreWantedOrFew() throws IOException {
        float[][] all = logits(0, 1, 2, 3, 4, 5, 6);
        float[][] few = logits(2, 6);
        assertThat(few[0]).isEqualTo(all[2]);
        assertThat(few[1]).isEqualTo(all[6]);
    }

    private float[][] logits(int... wanted) throws IOException {
        ModelFolder model = ModelFolder.open(TinyModel.LLAMA_GQA_LLAMA3ROPE.unpackInto(folder));
        DecoderSpec spec = model.decoder();
        try (TensorOps ops = watched(new ScalarOps(DType.FLOAT32))) {
            DecoderWeights weights = DecoderWeights.load(model, spec, WeightFormat.PLAIN, ops, null);
            Decoder decoder = Decoder.create(spec, weights, ops.allocateKvCache(spec.kvShape(16).withBlocks(1)), ops,
                    16, PROMPT.length, PROMPT.length);
            StepInputs inputs = TestStep.of(new Random(1), 1, 1, 16).compute(0, 0, PROMPT).next();
            inputs.logitRows = wanted.length;
            System.arraycopy(wanted, 0, inputs.logitIndices, 0, wanted.length);
            decoder.forward(inputs);
            float[][] logits = new float[wanted.length][decoder.vocabSize()];
            for (int i = 0; i < wanted.length; i++) {
                decoder.readLogits(i, logits[i]);
            }
            return logits;
        }
    }

    private TensorOps watched(TensorOps ops) {
        return (TensorOps) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[]{TensorOps.class},
                (_, method, arguments) -> {
                    if (method.getName().equals("normMatmulGated")) {
                        rowsOfMlps.add((Integer) arguments[5]);
                    }
                    try {
                        return method.invoke(ops, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
