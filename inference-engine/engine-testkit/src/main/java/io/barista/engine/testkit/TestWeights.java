package io.barista.engine.testkit;

import io.barista.engine.backend.Weight;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;

/** Random quantised weights in the layouts that backends take. */
final class TestWeights {

    private TestWeights() {}

    enum Kind {
        INT4, INT4_REORDERED, FP8, INT8
    }

    /** @param groupSize a multiple of 8, or {@code inputs} */
    static Weight of(Kind kind, Random random, int outputs, int inputs, int groupSize) {
        int groups = Math.ceilDiv(inputs, groupSize);
        MemorySegment scales = Arena.ofAuto().allocate((long) outputs * groups * Float.BYTES, 8);
        for (long i = 0; i < (long) outputs * groups; i++) {
            scales.setAtIndex(ValueLayout.JAVA_FLOAT, i, 0.5f + random.nextFloat());
        }
        return switch (kind) {
            case INT4 -> int4(random, outputs, inputs, groupSize, scales, false);
            case INT4_REORDERED -> int4(random, outputs, inputs, groupSize, scales, true);
            case FP8 -> new Weight.Fp8("fp8", outputs, inputs, groupSize, numbers(random, outputs * inputs), scales,
                    false);
            case INT8 -> new Weight.Int8("int8", outputs, inputs, groupSize, bytes(random, outputs * inputs, 256),
                    scales, false);
        };
    }

    private static Weight int4(Random random, int outputs, int inputs, int groupSize, MemorySegment scales,
            boolean reordered) {
        int groups = Math.ceilDiv(inputs, groupSize);
        int rowBytes = Math.toIntExact(Weight.Int4.rowBytes(inputs));
        int[] order = new int[inputs];
        // The same for all parts of a stack: every input but the first goes to the other end.
        Arrays.setAll(order, k -> k == 0 ? 0 : inputs - k);
        return new Weight.Int4("int4", outputs, inputs, groupSize, bytes(random, outputs * rowBytes, 256), scales,
                bytes(random, outputs * groups, 17), reordered ? order : null);
    }

    private static MemorySegment numbers(Random random, int count) {
        MemorySegment codes = bytes(random, count, 256);
        for (int i = 0; i < count; i++) {
            byte code = codes.get(ValueLayout.JAVA_BYTE, i);
            codes.set(ValueLayout.JAVA_BYTE, i, (code & 0x7f) == 0x7f ? (byte) 1 : code);
        }
        return codes;
    }

    private static MemorySegment bytes(Random random, int count, int bound) {
        MemorySegment bytes = Arena.ofAuto().allocate(count, 8);
        for (int i = 0; i < count; i++) {
            bytes.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt(bound));
        }
        return bytes;
    }
}
