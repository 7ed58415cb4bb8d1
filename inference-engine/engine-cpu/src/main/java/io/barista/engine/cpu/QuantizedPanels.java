package io.barista.engine.cpu;

import io.barista.engine.backend.Weight;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Quantised weights in panels of two strips, each of L outputs. An int32 word holds the codes of one output for as many neighbouring
 * inputs as fit, the first in its lowest bits; words lie [strip][word][L], what belongs to a group [strip][group][L], so that a pass
 * over a strip reads its memory from end to end.
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
        for (int strip = 2 * panel; strip < 2 * panel + 2; strip++) {
            kernel.dot(this, strip, x, out);
            if (inputs % kernel.codesPerWord() != 0) {
                addLastWord(strip, x, out);
            }
        }
    }

    /** Only the last group can end within a word. */
    private void addLastWord(int strip, float[] x, float[] out) {
        long word = wordsOffset(strip + 1) - Lanes.BYTES;
        long group = scalesOffset(strip + 1) - Lanes.BYTES;
        int codes = kernel.codesPerWord();
        for (int lane = 0; lane < Lanes.COUNT; lane++) {
            int code = words.get(ValueLayout.JAVA_INT, word + (long) lane * Integer.BYTES);
            float scale = scales.get(ValueLayout.JAVA_FLOAT, group + (long) lane * Float.BYTES);
            float offset = offsets.byteSize() == 0
                    ? 0
                    : offsets.get(ValueLayout.JAVA_FLOAT, group + (long) lane * Float.BYTES);
            float sum = 0;
            for (int k = inputs / codes * codes; k < inputs; k++) {
                sum = Math.fma(Math.fma(kernel.value(code, k % codes), scale, offset), x[k], sum);
            }
            out[strip * Lanes.COUNT + lane] += sum;
        }
    }

    @Override
    public void unpack(int panel, int from, int depth, MemorySegment target) {
        kernel.unpack(this, 2 * panel, from, depth, target);
        kernel.unpack(this, 2 * panel + 1, from, depth, target);
    }

    int wordsPerOutput() {
        return Math.ceilDiv(inputs, kernel.codesPerWord());
    }

    int groups() {
        return Math.ceilDiv(inputs, groupSize);
    }

    /** Where the words of a strip begin, in bytes. */
    long wordsOffset(int strip) {
        return (long) strip * wordsPerOutput() * Lanes.BYTES;
    }

    /** Where the scales, or the offsets, of a strip begin, in bytes. */
    long scalesOffset(int strip) {
        return (long) strip * groups() * Lanes.BYTES;
    }

    /** Where the word of an output and the input {@code k} lies, in bytes. */
    private long wordOffset(int output, int k) {
        return wordsOffset(output / Lanes.COUNT) + (long) k / kernel.codesPerWord() * Lanes.BYTES + laneOffset(output);
    }

    /** Where the scale, or the offset, of an output's group lies, in bytes. */
    private long scaleOffset(int output, int group) {
        return scalesOffset(output / Lanes.COUNT) + (long) group * Lanes.BYTES + laneOffset(output);
    }

    private static long laneOffset(int output) {
        return (long) output % Lanes.COUNT * Integer.BYTES;
    }

    @Override
    public void row(int output, float scale, float[] target, int at) {
        for (int k = 0; k < inputs; k++) {
            int word = words.get(ValueLayout.JAVA_INT, wordOffset(output, k));
            long group = scaleOffset(output, k / groupSize);
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
        for (int word = 0; word < wordsPerOutput(); word++) {
            words.set(ValueLayout.JAVA_INT, wordOffset(output, word * kernel.codesPerWord()),
                    kernel.word(part, row, word));
        }
        for (int group = 0; group < groups(); group++) {
            long at = scaleOffset(output, group);
            float scale = WeightRows.scale(part.scales(), (long) row * groups() + group);
            scales.set(ValueLayout.JAVA_FLOAT, at, scale);
            if (part instanceof Weight.Int4 int4) {
                int zero = int4.zeros().get(ValueLayout.JAVA_BYTE, (long) row * groups() + group);
                offsets.set(ValueLayout.JAVA_FLOAT, at, -scale * zero);
            }
        }
    }
}
