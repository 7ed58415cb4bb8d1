package io.barista.engine.cpu;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.Weight;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Brings weights [outputs, inputs], as they lie in a file, into the panels of {@link PanelMatrix}. */
final class PanelPacker {

    private final Arena arena;
    private final WorkerPool pool;
    private final DType compute;

    /** @param compute what activations are computed in; weights are not kept finer than a bfloat16 device would */
    PanelPacker(Arena arena, WorkerPool pool, DType compute) {
        this.arena = arena;
        this.pool = pool;
        this.compute = compute;
    }

    Panels pack(String name, List<? extends Weight> parts) {
        return switch (WeightRows.requireStackable(name, parts)) {
            case Weight.Dense(HostTensor first) -> packDense(name, first.dtype(),
                    parts.stream().map(part -> ((Weight.Dense) part).tensor()).toList());
            case Weight.Quantized _ -> QuantizedPanels.pack(name,
                    parts.stream().map(part -> (Weight.Quantized) part).toList(), arena, pool);
        };
    }

    private PanelMatrix packDense(String name, DType dtype, List<HostTensor> parts) {
        if (compute != DType.BFLOAT16 || dtype == DType.BFLOAT16) {
            return pack(name, dtype, parts);
        }
        try (Arena rounded = Arena.ofShared()) {
            return pack(name, DType.BFLOAT16,
                    parts.stream().map(part -> HostTensors.toBfloat16(part, rounded)).toList());
        }
    }

    private PanelMatrix pack(String name, DType dtype, List<HostTensor> parts) {
        int inputs = parts.getFirst().dim(1);
        int outputs = parts.stream().mapToInt(part -> part.dim(0)).reduce(0, Math::addExact);
        int panels = Panels.count(outputs);
        long bytes = Math.multiplyExact((long) panels * PanelMatrix.WIDTH * dtype.bytes(), (long) inputs);
        PanelMatrix matrix = new PanelMatrix(name, dtype, outputs, inputs, arena.allocate(bytes, 64));

        int firstOutput = 0;
        for (HostTensor part : parts) {
            int first = firstOutput;
            int last = first + part.dim(0);
            int firstPanel = first / PanelMatrix.WIDTH;
            pool.run((_, index) -> {
                int from = Math.max(first, (firstPanel + index) * PanelMatrix.WIDTH);
                int to = Math.min(last, (firstPanel + index + 1) * PanelMatrix.WIDTH);
                for (int output = from; output < to; output++) {
                    copyRow(part.data(), output - first, matrix, output);
                }
            }, Panels.count(last) - firstPanel);
            firstOutput = last;
        }
        return matrix;
    }

    private static void copyRow(MemorySegment source, int row, PanelMatrix matrix, int output) {
        int inputs = matrix.inputs();
        int place = PanelMatrix.place(matrix.dtype(), output);
        long panel = matrix.panelOffset(output / PanelMatrix.WIDTH);
        if (matrix.dtype().bytes() == Short.BYTES) {
            long from = (long) row * inputs * Short.BYTES;
            long to = panel + (long) place * Short.BYTES;
            for (int i = 0; i < inputs; i++) {
                matrix.data().set(ValueLayout.JAVA_SHORT, to + (long) i * PanelMatrix.WIDTH * Short.BYTES,
                        source.get(HostTensors.SHORT, from + (long) i * Short.BYTES));
            }
        } else {
            long from = (long) row * inputs * Float.BYTES;
            long to = panel + (long) place * Float.BYTES;
            for (int i = 0; i < inputs; i++) {
                matrix.data().set(ValueLayout.JAVA_FLOAT, to + (long) i * PanelMatrix.WIDTH * Float.BYTES,
                        source.get(HostTensors.FLOAT, from + (long) i * Float.BYTES));
            }
        }
    }
}
