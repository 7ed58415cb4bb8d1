package io.barista.engine.cpu;

import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx2_vnni;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_bf16;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_vnni;
import static org.bytedeco.dnnl.global.dnnl.dnnl_engine_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_get_effective_cpu_isa;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_create_with_tag;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_default_flags;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;

/**
 * Intel's oneDNN, loaded. It multiplies where the processor has instructions of its own for the type; our threads call it, one
 * slice of a matrix each, so that it starts none.
 *
 * @param bfloat16 whether the processor multiplies bfloat16 itself (AVX-512 BF16, AMX)
 * @param int8     whether it multiplies int8 itself (VNNI, AMX)
 */
record OneDnn(dnnl_engine engine, boolean bfloat16, boolean int8, MethodHandle setThreads) {

    /** @throws UnsatisfiedLinkError where there are no natives for this machine */
    static OneDnn load() {
        Loader.load(org.bytedeco.dnnl.global.dnnl.class);
        MemorySegment symbol = SymbolLookup.loaderLookup().find("omp_set_num_threads")
                .orElseThrow(() -> new UnsatisfiedLinkError("oneDNN came without OpenMP"));
        MethodHandle setThreads = Linker.nativeLinker().downcallHandle(symbol,
                FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
        dnnl_engine engine = new dnnl_engine();
        check(dnnl_engine_create(engine, dnnl_cpu, 0));
        int isa = dnnl_get_effective_cpu_isa();
        return new OneDnn(engine, has(isa, dnnl_cpu_isa_avx512_core_bf16),
                has(isa, dnnl_cpu_isa_avx512_core_vnni) || has(isa, dnnl_cpu_isa_avx2_vnni), setThreads);
    }

    private static boolean has(int isa, int wanted) {
        return (isa & wanted) == wanted;
    }

    /** From here on oneDNN works on the calling thread alone when that thread calls it. */
    void useCallingThreadOnly() {
        try {
            setThreads.invokeExact(1);
        } catch (Throwable e) {
            throw new IllegalStateException("omp_set_num_threads", e);
        }
    }

    dnnl_stream stream() {
        dnnl_stream stream = new dnnl_stream();
        check(dnnl_stream_create(stream, engine, dnnl_stream_default_flags));
        return stream;
    }

    dnnl_memory_desc plain(long rows, long columns, int type, int tag) {
        dnnl_memory_desc description = new dnnl_memory_desc();
        check(dnnl_memory_desc_create_with_tag(description, 2, new long[]{rows, columns}, type, tag));
        return description;
    }

    dnnl_memory memory(dnnl_memory_desc description, Pointer data) {
        dnnl_memory memory = new dnnl_memory();
        check(dnnl_memory_create(memory, description, engine, data));
        return memory;
    }

    static void check(int status) {
        if (status != 0) {
            throw new IllegalStateException("oneDNN answered status " + status);
        }
    }

    /** Native memory that lives as long as {@code arena}, as oneDNN's wrapper wants it. */
    static final class Address extends Pointer {

        Address(MemorySegment segment) {
            move(segment.address());
        }

        static Address allocate(Arena arena, long bytes) {
            return new Address(arena.allocate(Math.max(bytes, 1), 64));
        }

        Address move(long to) {
            address = to;
            return this;
        }
    }
}
