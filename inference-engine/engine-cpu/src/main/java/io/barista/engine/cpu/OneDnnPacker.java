package io.barista.engine.cpu;

import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.Weight;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_stream;
import org.jspecify.annotations.Nullable;

/** Brings weights into slices that a core's second-level cache holds, and each slice into oneDNN's layout. */
final class OneDnnPacker {

    private static final int SLICE_BYTES = 512 << 10;
    /** Outputs of a slice are a multiple of what oneDNN's blocks of outputs are made of. */
    private static final int OUTPUTS = 32;
    /** With fewer, reading the rows of x again for each slice costs more than the weights that stay in the cache save. */
    private static final int FEWEST = 96;

    private record Key(OneDnnShape.Kind kind, int inputs, int outputs) {}

    private final OneDnn oneDnn;
    private final Arena arena;
    private final dnnl_stream[] streams; // [worker]
    private final MemorySegment[] sums; // [worker]
    private final Map<Key, OneDnnShape> shapes = new HashMap<>();

    OneDnnPacker(OneDnn oneDnn, Arena arena, int workers) {
        this.oneDnn = oneDnn;
        this.arena = arena;
        streams = new dnnl_stream[workers];
        sums = new MemorySegment[workers];
        long mostOutputs = SLICE_BYTES / OUTPUTS;
        for (int worker = 0; worker < workers; worker++) {
            streams[worker] = oneDnn.stream();
            sums[worker] = arena.allocate(OneDnnShape.MOST_ROWS * mostOutputs * Float.BYTES, 64);
        }
    }

    MemorySegment sums(int worker) {
        return sums[worker];
    }

    OneDnnMatrix pack(String name, OneDnnShape.Kind kind, List<? extends Weight> parts) {
        int inputs = parts.getFirst().inputs();
        int outputs = parts.stream().mapToInt(Weight::outputs).reduce(0, Math::addExact);
        OneDnnShape shape = shapes.computeIfAbsent(new Key(kind, inputs, sliceOutputs(kind, inputs, outputs)),
                key -> new OneDnnShape(oneDnn, kind, inputs, key.outputs(), streams, sums, arena));
        int slices = Math.ceilDiv(outputs, shape.outputs());
        MemorySegment packed = arena.allocate(Math.multiplyExact(shape.packedBytes(), (long) slices), 64);
        float[] scales = new float[kind == OneDnnShape.Kind.INT8 ? slices * shape.outputs() : 0];
        OneDnnMatrix matrix = new OneDnnMatrix(name, outputs, inputs, kind, shape, packed, scales,
                parts.stream().filter(Weight.Dense.class::isInstance).map(Weight.Dense.class::cast).toList());
        try (Arena temporary = Arena.ofConfined()) {
            MemorySegment plain = temporary.allocate(shape.plainBytes(), 64);
            for (int slice = 0; slice < slices; slice++) {
                fill(plain.fill((byte) 0), parts, slice * shape.outputs(), shape.outputs(), scales);
                shape.pack(plain, matrix.slice(slice), streams[0]);
            }
        }
        return matrix;
    }

    private int sliceOutputs(OneDnnShape.Kind kind, int inputs, int outputs) {
        int fitting = Math.clamp(SLICE_BYTES / ((long) inputs * kind.bytes), FEWEST, SLICE_BYTES / OUTPUTS);
        int slices = Math.ceilDiv(outputs, fitting);
        int even = Math.ceilDiv(slices, streams.length) * streams.length; // every worker gets as many
        return Math.ceilDiv(Math.ceilDiv(outputs, even), OUTPUTS) * OUTPUTS;
    }

    /** Rows {@code first} and on of the stack, as many as there are. */
    private static void fill(MemorySegment plain, List<? extends Weight> parts, int first, int count, float[] scales) {
        int start = 0;
        for (Weight part : parts) {
            int from = Math.max(first, start);
            int to = Math.min(first + count, start + part.outputs());
            for (int output = from; output < to; output++) {
                copyRow(part, output - start, plain, output - first);
                if (part instanceof Weight.Int8 int8) {
                    scales[output] = WeightRows.scale(int8.scales(), output - start);
                }
            }
            start += part.outputs();
        }
    }

    private static void copyRow(Weight part, int row, MemorySegment plain, int at) {
        int inputs = part.inputs();
        switch (part) {
            case Weight.Dense(HostTensor tensor) -> {
                float[] values = new float[inputs];
                HostTensors.widen(tensor.dtype(), tensor.data(), (long) row * inputs, values, inputs);
                for (int k = 0; k < inputs; k++) {
                    plain.set(HostTensors.SHORT, ((long) at * inputs + k) * Short.BYTES,
                            Bfloat16.fromFloat(values[k]));
                }
            }
            case Weight.Int8 int8 -> MemorySegment.copy(int8.codes(), (long) row * inputs, plain, (long) at * inputs,
                    inputs);
            case Weight.Int4 _,Weight.Fp8 _ -> throw new IllegalArgumentException(part.name() + " is not for oneDNN");
        }
    }

    /** Rows of int8 weights come out of oneDNN's layout a slice at a time; the last slice is kept. */
    final class Rows {

        private MemorySegment plain = MemorySegment.NULL;
        private @Nullable OneDnnMatrix matrix;
        private int slice = -1;

        void read(OneDnnMatrix from, int output, float scale, float[] target, int at) {
            int own = output / from.shape().outputs();
            if (from != matrix || own != slice) {
                if (plain.byteSize() < from.shape().plainBytes()) {
                    plain = arena.allocate(from.shape().plainBytes(), 64);
                }
                from.shape().unpack(from.slice(own), plain, streams[0]);
                matrix = from;
                slice = own;
            }
            long row = (long) (output % from.shape().outputs()) * from.inputs();
            for (int k = 0; k < from.inputs(); k++) {
                target[at + k] = scale * (from.scales()[output]
                        * plain.get(ValueLayout.JAVA_BYTE, row + k));
            }
        }
    }
}
