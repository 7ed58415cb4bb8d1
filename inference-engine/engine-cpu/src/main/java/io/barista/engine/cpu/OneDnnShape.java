package io.barista.engine.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * The product of some rows and one slice of weights, compiled by oneDNN for a few numbers of rows; other numbers are rounded up.
 * Everything that a call needs is made here, so that a call allocates nothing.
 */
final class OneDnnShape {

    /** Most rows of one call: x and the sums of such a tile stay in the second-level cache. */
    static final int MOST_ROWS = 64;
    private static final int SIZES = 7; // 1, 2, 4 to 64

    /** @param bytes of an activation or a weight */
    enum Kind {

        BFLOAT16(dnnl_bf16, dnnl_f32, Short.BYTES), INT8(dnnl_s8, dnnl_s32, Byte.BYTES);

        final int type;
        final int sums;
        final int bytes;

        Kind(int type, int sums, int bytes) {
            this.type = type;
            this.sums = sums;
            this.bytes = bytes;
        }
    }

    /** oneDNN has no product of this shape that is worth calling. */
    static final class TooSlow extends RuntimeException {

        TooSlow(String message) {
            super(message);
        }
    }

    private final OneDnn oneDnn;
    private final int inputs;
    private final int outputs;
    private final Kind kind;
    private final dnnl_memory_desc weights;
    private final OneDnnReorder intoLayout;
    private final OneDnnReorder outOfLayout;
    private final dnnl_primitive[] products = new dnnl_primitive[SIZES];
    private final int[] sizeFor = new int[SIZES]; // the size at which oneDNN is quick, this one or a larger
    private final Call[][] calls; // [worker][size]

    /** One worker's arguments for one number of rows. */
    private record Call(dnnl_stream stream, dnnl_exec_arg_t arguments, dnnl_memory x, dnnl_memory weights,
            OneDnn.Address xAt, OneDnn.Address weightsAt) {}

    /** @param sums [worker] at least MOST_ROWS · outputs values of four bytes */
    OneDnnShape(OneDnn oneDnn, Kind kind, int inputs, int outputs, dnnl_stream[] streams, MemorySegment[] sums,
            Arena arena) {
        this.oneDnn = oneDnn;
        this.inputs = inputs;
        this.outputs = outputs;
        this.kind = kind;
        oneDnn.useCallingThreadOnly();
        dnnl_memory_desc plain = oneDnn.plain(inputs, outputs, kind.type, dnnl_ba);
        weights = layout();
        intoLayout = new OneDnnReorder(oneDnn, plain, weights);
        outOfLayout = new OneDnnReorder(oneDnn, weights, plain);
        calls = new Call[streams.length][SIZES];
        for (int size = SIZES - 1; size >= 0; size--) {
            dnnl_primitive_desc description = description(1 << size, weights);
            if (isQuick(implementation(description))) { // as the largest is, by the choice of the layout
                sizeFor[size] = size;
                prepare(size, description, streams, sums, arena);
            } else {
                sizeFor[size] = sizeFor[size + 1];
            }
        }
    }

    /** What oneDNN would have for many rows; for one row where it has no quick product of many in its layout for those. */
    private dnnl_memory_desc layout() {
        dnnl_memory_desc any = oneDnn.plain(inputs, outputs, kind.type, dnnl_format_tag_any);
        for (int rows : new int[]{MOST_ROWS, MOST_ROWS / 2, 1}) {
            dnnl_memory_desc chosen = dnnl_primitive_desc_query_md(description(rows, any), dnnl_query_weights_md, 0);
            if (isQuick(implementation(description(MOST_ROWS, chosen)))) {
                return chosen;
            }
        }
        throw new TooSlow("%s is all it has for %d inputs and %d outputs of %s"
                .formatted(implementation(description(MOST_ROWS, any)), inputs, outputs, kind));
    }

    /** oneDNN's reference loops are right and hundreds of times slower than ours. */
    private static boolean isQuick(String implementation) {
        return !implementation.startsWith("ref");
    }

    /** oneDNN's own name of a product, such as {@code brg_matmul:avx512_core_amx}. */
    private static String implementation(dnnl_primitive_desc description) {
        try (PointerPointer<BytePointer> name = new PointerPointer<>(1)) {
            OneDnn.check(dnnl_primitive_desc_query(description, dnnl_query_impl_info_str, 0, name));
            return name.get(BytePointer.class, 0).getString();
        }
    }

    private dnnl_primitive_desc description(int rows, dnnl_memory_desc weights) {
        dnnl_primitive_attr attributes = new dnnl_primitive_attr();
        OneDnn.check(dnnl_primitive_attr_create(attributes));
        // A scratchpad of oneDNN's own belongs to the thread that made the primitive; ours to the worker that runs it.
        OneDnn.check(dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user));
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        OneDnn.check(dnnl_matmul_primitive_desc_create(description, oneDnn.engine(),
                oneDnn.plain(rows, inputs, kind.type, dnnl_ab), weights, null,
                oneDnn.plain(rows, outputs, kind.sums, dnnl_ab), attributes));
        return description;
    }

    private void prepare(int size, dnnl_primitive_desc description, dnnl_stream[] streams, MemorySegment[] sums,
            Arena arena) {
        int rows = 1 << size;
        products[size] = new dnnl_primitive();
        OneDnn.check(dnnl_primitive_create(products[size], description));
        dnnl_memory_desc scratch = dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0);
        long scratchBytes = dnnl_memory_desc_get_size(scratch);
        for (int worker = 0; worker < streams.length; worker++) {
            OneDnn.Address xAt = new OneDnn.Address(MemorySegment.NULL);
            OneDnn.Address weightsAt = new OneDnn.Address(MemorySegment.NULL);
            dnnl_memory x = oneDnn.memory(oneDnn.plain(rows, inputs, kind.type, dnnl_ab), xAt);
            dnnl_memory w = oneDnn.memory(weights, weightsAt);
            dnnl_memory out = oneDnn.memory(oneDnn.plain(rows, outputs, kind.sums, dnnl_ab),
                    new OneDnn.Address(sums[worker]));
            dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(4);
            arguments.position(0).arg(DNNL_ARG_SRC).memory(x);
            arguments.position(1).arg(DNNL_ARG_WEIGHTS).memory(w);
            arguments.position(2).arg(DNNL_ARG_DST).memory(out);
            arguments.position(3).arg(DNNL_ARG_SCRATCHPAD)
                    .memory(oneDnn.memory(scratch, OneDnn.Address.allocate(arena, scratchBytes)));
            calls[worker][size] = new Call(streams[worker], arguments.position(0), x, w, xAt, weightsAt);
        }
    }

    int outputs() {
        return outputs;
    }

    /** Bytes of one slice in oneDNN's layout. */
    long packedBytes() {
        return dnnl_memory_desc_get_size(weights);
    }

    long plainBytes() {
        return (long) inputs * outputs * kind.bytes;
    }

    /** From [outputs, inputs] to oneDNN's layout. */
    void pack(MemorySegment plain, MemorySegment packed, dnnl_stream stream) {
        intoLayout.copy(plain, packed, stream);
    }

    /** The way back. */
    void unpack(MemorySegment packed, MemorySegment plain, dnnl_stream stream) {
        outOfLayout.copy(packed, plain, stream);
    }

    /** Sums of up to {@link #MOST_ROWS} rows into the worker's memory; rows up to {@link #MOST_ROWS} may be read too. */
    void multiply(int worker, int rows, long x, long packedWeights) {
        int size = sizeFor[rows == 1 ? 0 : 32 - Integer.numberOfLeadingZeros(rows - 1)];
        Call call = calls[worker][size];
        OneDnn.check(dnnl_memory_set_data_handle(call.x(), call.xAt().move(x)));
        OneDnn.check(dnnl_memory_set_data_handle(call.weights(), call.weightsAt().move(packedWeights)));
        OneDnn.check(dnnl_primitive_execute(products[size], call.stream(), 4, call.arguments()));
    }
}
