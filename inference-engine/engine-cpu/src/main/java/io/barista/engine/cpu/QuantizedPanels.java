package io.barista.engine.cpu;

import io.barista.engine.backend.Weight;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Quantised weights in panels. An int32 word holds the codes of one output for as many neighbouring inputs as fit, the first in
 * its lowest bits; words lie [panel][word][2L], what belongs to a group [panel][group][2L].
 *
 * @param scales     float32
 * @param offsets    float32 to add to the scaled code, −scale·zero; empty where codes are signed
 * @param inputOrder the input that the k-th code belongs to; null is the natural order
 */
record QuantizedPanels(String name, int outputs, int inputs, int groupSize, QuantizedKernel kernel, MemorySegment words,
        MemorySegment scales, MemorySegment offsets, int @Nullable [] inputOrder) implements Panels {

    /** Decoding keeps the processor busier than memory does. */
    private static final int STREAMS = 1;

    @Override
    public int streams() {
        return STREAMS;
    }

    @Override
    public void dot(int panel, float[] x, float[] out) {
        kernel.dot(this, panel, 0, x, out);
        kernel.dot(this, panel, 1, x, out);
        if (inputs % kernel.codesPerWord() != 0) {
            addLastWord(panel, x, out);
        }
    }

    /** Only the last group can end within a word. */
    private void addLastWord(int panel, float[] x, float[] out) {
        long word = wordsOffset(panel + 1) - (long) WIDTH * Integer.BYTES;
        long group = scalesOffset(panel + 1) - (long) WIDTH * Float.BYTES;
        int codes = kernel.codesPerWord();
        for (int lane = 0; lane < WIDTH; lane++) {
            int code = words.get(ValueLayout.JAVA_INT, word + (long) lane * Integer.BYTES);
            float scale = scales.get(ValueLayout.JAVA_FLOAT, group + (long) lane * Float.BYTES);
            float offset = offsets.byteSize() == 0
                    ? 0
                    : offsets.get(ValueLayout.JAVA_FLOAT, group + (long) lane * Float.BYTES);
            float sum = 0;
            for (int k = inputs / codes * codes; k < inputs; k++) {
                sum = Math.fma(Math.fma(kernel.value(code, k % codes), scale, offset), x[k], sum);
            }
            out[panel * WIDTH + lane] += sum;
        }
    }

    @Override
    public void unpack(int panel, int from, int depth, MemorySegment target) {
        kernel.unpack(this, panel, 0, from, depth, target);
        kernel.unpack(this, panel, 1, from, depth, target);
    }

    int wordsPerOutput() {
        return Math.ceilDiv(inputs, kernel.codesPerWord());
    }

    int groups() {
        return Math.ceilDiv(inputs, groupSize);
    }

    /** Where the words of a panel begin, in bytes. */
    long wordsOffset(int panel) {
        return (long) panel * wordsPerOutput() * WIDTH * Integer.BYTES;
    }

    /** Where the scales, or the offsets, of a panel begin, in bytes. */
    long scalesOffset(int panel) {
        return (long) panel * groups() * WIDTH * Float.BYTES;
    }

    @Override
    public void row(int output, float scale, float[] target, int at) {
        int lane = output % WIDTH;
        int panel = output / WIDTH;
        for (int k = 0; k < inputs; k++) {
            int word = words.get(ValueLayout.JAVA_INT,
                    wordsOffset(panel) + ((long) k / kernel.codesPerWord() * WIDTH + lane) * Integer.BYTES);
            long group = scalesOffset(panel) + ((long) k / groupSize * WIDTH + lane) * Float.BYTES;
            float offset = offsets.byteSize() == 0 ? 0 : offsets.get(ValueLayout.JAVA_FLOAT, group);
            float weight = Math.fma(kernel.value(word, k % kernel.codesPerWord()),
                    scales.get(ValueLayout.JAVA_FLOAT, group), offset);
            target[at + (inputOrder == null ? k : inputOrder[k])] = scale * weight;
        }
    }

    /** Parts were found stackable. */
    static QuantizedPanels pack(String name, List<? extends Weight.Quantized> parts, Arena arena, WorkerPool pool) {
        Weight.Quantized first = parts.getFirst();
        int outputs = parts.stream().mapToInt(Weight::outputs).reduce(0, Math::addExact);
        QuantizedKernel kernel = QuantizedKernel.of(first);
        long lanes = (long) Panels.count(outputs) * WIDTH;
        long wordsPerOutput = Math.ceilDiv(first.inputs(), kernel.codesPerWord());
        MemorySegment scales = arena.allocate(lanes * first.groups() * Float.BYTES, 64);
        QuantizedPanels packed = new QuantizedPanels(name, outputs, first.inputs(), first.groupSize(), kernel,
                arena.allocate(lanes * wordsPerOutput * Integer.BYTES, 64), scales,
                first instanceof Weight.Int4 ? arena.allocate(scales.byteSize(), 64) : MemorySegment.NULL,
                first instanceof Weight.Int4 int4 ? int4.inputOrder() : null);
        int firstOutput = 0;
        for (Weight.Quantized part : parts) {
            int at = firstOutput;
            pool.run((_, output) -> packed.set(part, output, at + output), part.outputs());
            firstOutput += part.outputs();
        }
        return packed;
    }

    private void set(Weight.Quantized part, int row, int output) {
        int lane = output % WIDTH;
        int panel = output / WIDTH;
        for (int word = 0; word < wordsPerOutput(); word++) {
            words.set(ValueLayout.JAVA_INT, wordsOffset(panel) + ((long) word * WIDTH + lane) * Integer.BYTES,
                    kernel.word(part, row, word));
        }
        for (int group = 0; group < groups(); group++) {
            long at = scalesOffset(panel) + ((long) group * WIDTH + lane) * Float.BYTES;
            float scale = WeightRows.scale(part.scales(), (long) row * groups() + group);
            scales.set(ValueLayout.JAVA_FLOAT, at, scale);
            if (part instanceof Weight.Int4 int4) {
                int zero = int4.zeros().get(ValueLayout.JAVA_BYTE, (long) row * groups() + group);
                offsets.set(ValueLayout.JAVA_FLOAT, at, -scale * zero);
            }
        }
    }
}
