package io.barista.engine.cuda;

import io.barista.engine.backend.Activation;
import java.util.Map;

/** The kernels that handle each row by itself, with the launch geometry that their heads ask for. */
final class RowKernels {

    private static final int NORM_BLOCK = 256;
    private static final int GATE_BLOCK = 256;
    private static final int CAP_BLOCK = 256;
    private static final int ADD_BLOCK = 256;

    private final Kernel embed;
    private final Kernel rmsNorm;
    private final Kernel narrowRmsNorm;
    private final Kernel gatedActivation;
    private final Kernel gatherRows;
    private final Kernel addGated;
    private final Kernel softCap; // of logits, which are float32 whatever the element is
    private final int vector; // elements of 16 bytes

    RowKernels(KernelLoader loader, Element element) {
        this.embed = loader.load("embed", 128);
        this.rmsNorm = loader.load("rms_norm", "rms_norm", NORM_BLOCK);
        this.narrowRmsNorm = loader.load("rms_norm", "rms_norm_narrow", NORM_BLOCK);
        this.gatedActivation = loader.load("gated_activation", GATE_BLOCK);
        this.gatherRows = loader.load("gather_rows", 128);
        this.addGated = loader.load("elementwise", "add_gated", ADD_BLOCK);
        this.softCap = loader.load("elementwise", "soft_cap", CAP_BLOCK, Map.of("ELEMENT", Element.FLOAT32.macro()));
        this.vector = 16 / element.bytes();
    }

    void embed(StepMemory step, CudaMatrix table, float scale, int tokens, long out) {
        requireVectors(table.name(), table.inputs());
        embed.pointer(step.tokenIds()).pointer(step.drawn()).pointer(table.address()).real(scale)
                .integer(table.inputs()).pointer(out)
                .launch(tokens, 1, 1);
    }

    void rmsNorm(long x, CudaVector weight, float eps, int rows, int columns, long out) {
        requireVectors(weight.name(), columns);
        Kernel kernel = columns <= 2 * vector * NORM_BLOCK ? narrowRmsNorm : rmsNorm;
        kernel.pointer(x).pointer(weight.address()).real(eps).integer(columns).pointer(out).launch(rows, 1, 1);
    }

    void gatedActivation(long gateUp, Activation activation, int rows, int inner, long out) {
        requireVectors("gate and up", inner);
        gatedActivation.pointer(gateUp).integer(code(activation)).integer(inner).pointer(out)
                .launch(rows, Math.ceilDiv(inner / vector, GATE_BLOCK), 1);
    }

    void gatherRows(long x, long indices, int rows, int columns, long out) {
        requireVectors("rows to gather", columns);
        gatherRows.pointer(x).pointer(indices).integer(columns).pointer(out).launch(rows, 1, 1);
    }

    /** @param gate address, 0 without */
    void addGated(long x, long gate, int rows, int columns, long sum) {
        requireVectors("rows to add", columns);
        addGated.pointer(x).pointer(gate).integer(columns).pointer(sum)
                .launch(rows, Math.ceilDiv(columns / vector, ADD_BLOCK), 1);
    }

    void softCap(long x, int rows, int columns, float cap) {
        softCap.pointer(x).pointer((long) rows * columns).real(cap)
                .launch(rows * Math.ceilDiv(columns, CAP_BLOCK), 1, 1);
    }

    static int code(Activation activation) {
        return switch (activation) {
            case SILU -> 0;
            case GELU -> 1;
            case GELU_TANH -> 2;
        };
    }

    /** Kernels read and write 16 bytes at a time. */
    private void requireVectors(String what, int columns) {
        if (columns % vector != 0) {
            throw new IllegalArgumentException(
                    "%s: the cuda backend needs rows of a multiple of %d elements, these have %d".formatted(what,
                            vector, columns));
        }
    }
}
