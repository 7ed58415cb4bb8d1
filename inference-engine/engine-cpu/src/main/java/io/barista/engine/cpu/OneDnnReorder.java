package io.barista.engine.cpu;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.lang.foreign.MemorySegment;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;

/** From one layout of a matrix to another; used by one thread at a time, and allocates nothing once made. */
final class OneDnnReorder {

    private final dnnl_primitive reorder = new dnnl_primitive();
    private final OneDnn.Address sourceAt = new OneDnn.Address(MemorySegment.NULL);
    private final OneDnn.Address targetAt = new OneDnn.Address(MemorySegment.NULL);
    private final dnnl_memory source;
    private final dnnl_memory target;
    private final dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(2);

    OneDnnReorder(OneDnn oneDnn, dnnl_memory_desc from, dnnl_memory_desc to) {
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl_reorder_primitive_desc_create(description, from, oneDnn.engine(), to, oneDnn.engine(), null));
        OneDnn.check(dnnl_primitive_create(reorder, description));
        OneDnn.check(dnnl_primitive_desc_destroy(description));
        source = oneDnn.memory(from, sourceAt);
        target = oneDnn.memory(to, targetAt);
        arguments.position(0).arg(DNNL_ARG_FROM).memory(source);
        arguments.position(1).arg(DNNL_ARG_TO).memory(target);
        arguments.position(0);
    }

    /** Returns when {@code to} is written. */
    void copy(MemorySegment from, MemorySegment to, dnnl_stream stream) {
        OneDnn.check(dnnl_memory_set_data_handle(source, sourceAt.move(from.address())));
        OneDnn.check(dnnl_memory_set_data_handle(target, targetAt.move(to.address())));
        OneDnn.check(dnnl_primitive_execute(reorder, stream, 2, arguments));
        OneDnn.check(dnnl_stream_wait(stream));
    }
}
