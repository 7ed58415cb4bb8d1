package io.barista.engine.cuda;

import java.nio.charset.StandardCharsets;
import org.bytedeco.cuda.cudart.CUctx_st;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUlaunchConfig;
import org.bytedeco.cuda.cudart.CUmod_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.jspecify.annotations.Nullable;

/** The driver API: a method for each call that is made, with its return code checked. */
final class Driver {

    private Driver() {}

    static void initialise() {
        check("cuInit", cudart.cuInit(0));
    }

    static int deviceCount() {
        int[] count = new int[1];
        check("cuDeviceGetCount", cudart.cuDeviceGetCount(count));
        return count[0];
    }

    /** As 13000 for 13.0. */
    static int version() {
        int[] version = new int[1];
        check("cuDriverGetVersion", cudart.cuDriverGetVersion(version));
        return version[0];
    }

    static int device(int ordinal) {
        int[] device = new int[1];
        check("cuDeviceGet", cudart.cuDeviceGet(device, ordinal));
        return device[0];
    }

    static String deviceName(int device) {
        byte[] name = new byte[256];
        check("cuDeviceGetName", cudart.cuDeviceGetName(name, name.length, device));
        int length = 0;
        while (length < name.length && name[length] != 0) {
            length++;
        }
        return new String(name, 0, length, java.nio.charset.StandardCharsets.US_ASCII);
    }

    /** Such as 0000:3b:00.0. */
    static String pciBusId(int device) {
        byte[] id = new byte[32];
        check("cuDeviceGetPCIBusId", cudart.cuDeviceGetPCIBusId(id, id.length, device));
        return new String(id, StandardCharsets.US_ASCII).trim();
    }

    static int attribute(int device, int attribute) {
        int[] value = new int[1];
        check("cuDeviceGetAttribute", cudart.cuDeviceGetAttribute(value, attribute, device));
        return value[0];
    }

    static CUctx_st retainContext(int device) {
        CUctx_st context = new CUctx_st();
        check("cuDevicePrimaryCtxRetain", cudart.cuDevicePrimaryCtxRetain(context, device));
        return context;
    }

    static void releaseContext(int device) {
        check("cuDevicePrimaryCtxRelease", cudart.cuDevicePrimaryCtxRelease(device));
    }

    /** Contexts belong to threads: to be called on each that makes calls. */
    static void makeCurrent(CUctx_st context) {
        check("cuCtxSetCurrent", cudart.cuCtxSetCurrent(context));
    }

    /** Bytes free and in all. */
    static Memory memory() {
        try (SizeTPointer free = new SizeTPointer(1); SizeTPointer total = new SizeTPointer(1)) {
            check("cuMemGetInfo", cudart.cuMemGetInfo(free, total));
            return new Memory(free.get(), total.get());
        }
    }

    record Memory(long free, long total) {}

    static long allocate(long bytes) {
        long[] address = new long[1];
        check("cuMemAlloc", cudart.cuMemAlloc(address, bytes));
        return address[0];
    }

    static void free(long address) {
        check("cuMemFree", cudart.cuMemFree(address));
    }

    /** Page-locked memory of the host, which copies to and from the device need to be asynchronous. */
    static long allocatePinned(long bytes) {
        try (PointerPointer<Pointer> out = new PointerPointer<>(1)) {
            check("cuMemHostAlloc", cudart.cuMemHostAlloc(out, bytes, 0));
            return out.get(Pointer.class, 0).address();
        }
    }

    static void freePinned(long address) {
        check("cuMemFreeHost", cudart.cuMemFreeHost(new Address().at(address)));
    }

    static void copyToDevice(long target, Pointer source, long bytes, CUstream_st stream) {
        check("cuMemcpyHtoDAsync", cudart.cuMemcpyHtoDAsync(target, source, bytes, stream));
    }

    static void copyToHost(Pointer target, long source, long bytes, CUstream_st stream) {
        check("cuMemcpyDtoHAsync", cudart.cuMemcpyDtoHAsync(target, source, bytes, stream));
    }

    static void fill(long target, byte value, long bytes, CUstream_st stream) {
        check("cuMemsetD8Async", cudart.cuMemsetD8Async(target, value, bytes, stream));
    }

    static CUstream_st createStream() {
        CUstream_st stream = new CUstream_st();
        check("cuStreamCreate", cudart.cuStreamCreate(stream, cudart.CU_STREAM_NON_BLOCKING));
        return stream;
    }

    static void synchronize(CUstream_st stream) {
        check("cuStreamSynchronize", cudart.cuStreamSynchronize(stream));
    }

    static void destroy(CUstream_st stream) {
        check("cuStreamDestroy", cudart.cuStreamDestroy(stream));
    }

    static CUevent_st createEvent(boolean timed) {
        CUevent_st event = new CUevent_st();
        check("cuEventCreate", cudart.cuEventCreate(event,
                timed ? cudart.CU_EVENT_DEFAULT : cudart.CU_EVENT_DISABLE_TIMING));
        return event;
    }

    static void record(CUevent_st event, CUstream_st stream) {
        check("cuEventRecord", cudart.cuEventRecord(event, stream));
    }

    static void await(CUevent_st event) {
        check("cuEventSynchronize", cudart.cuEventSynchronize(event));
    }

    /** The stream's next work begins when what the event marks is done. */
    static void await(CUevent_st event, CUstream_st stream) {
        check("cuStreamWaitEvent", cudart.cuStreamWaitEvent(stream, event, 0));
    }

    static float milliseconds(CUevent_st from, CUevent_st to) {
        float[] elapsed = new float[1];
        check("cuEventElapsedTime", cudart.cuEventElapsedTime(elapsed, from, to));
        return elapsed[0];
    }

    static void destroy(CUevent_st event) {
        check("cuEventDestroy", cudart.cuEventDestroy(event));
    }

    static CUmod_st loadModule(byte[] cubin) {
        CUmod_st module = new CUmod_st();
        try (BytePointer image = new BytePointer(cubin)) {
            check("cuModuleLoadData", cudart.cuModuleLoadData(module, image));
        }
        return module;
    }

    static void unload(CUmod_st module) {
        check("cuModuleUnload", cudart.cuModuleUnload(module));
    }

    static CUfunc_st function(CUmod_st module, String name) {
        CUfunc_st function = new CUfunc_st();
        check("cuModuleGetFunction of " + name, cudart.cuModuleGetFunction(function, module, name));
        return function;
    }

    static void allowSharedMemory(CUfunc_st function, int bytes) {
        check("cuFuncSetAttribute", cudart.cuFuncSetAttribute(function,
                cudart.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes));
    }

    /** The most of a multiprocessor's memory as shared memory: kernels that ask for different parts of it never overlap. */
    static void preferSharedMemory(CUfunc_st function) {
        check("cuFuncSetAttribute", cudart.cuFuncSetAttribute(function,
                cudart.CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT, 100));
    }

    /** @param arguments addresses of the arguments; the overloads that take a plain pointer would pass the address of that pointer */
    static void launch(CUlaunchConfig config, CUfunc_st function, PointerPointer<Pointer> arguments, String name) {
        int code = cudart.cuLaunchKernelEx(config, function, arguments, (@Nullable PointerPointer<Pointer>) null);
        if (code != 0) {
            throw failure("launching " + name, code);
        }
    }

    static void beginCapture(CUstream_st stream) {
        check("cuStreamBeginCapture",
                cudart.cuStreamBeginCapture(stream, cudart.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
    }

    static CUgraphExec_st endCapture(CUstream_st stream) {
        CUgraph_st graph = new CUgraph_st();
        check("cuStreamEndCapture", cudart.cuStreamEndCapture(stream, graph));
        CUgraphExec_st executable = new CUgraphExec_st();
        check("cuGraphInstantiate", cudart.cuGraphInstantiate(executable, graph, 0));
        check("cuGraphDestroy", cudart.cuGraphDestroy(graph));
        return executable;
    }

    static void launch(CUgraphExec_st graph, CUstream_st stream) {
        check("cuGraphLaunch", cudart.cuGraphLaunch(graph, stream));
    }

    static void destroy(CUgraphExec_st graph) {
        check("cuGraphExecDestroy", cudart.cuGraphExecDestroy(graph));
    }

    private static void check(String call, int code) {
        if (code != 0) {
            throw failure(call, code);
        }
    }

    private static DeviceFailure failure(String call, int code) {
        try (PointerPointer<BytePointer> out = new PointerPointer<>(1)) {
            String meaning = cudart.cuGetErrorString(code, out) == 0
                    ? out.get(BytePointer.class, 0).getString()
                    : "unknown";
            return new DeviceFailure(call, code, meaning);
        }
    }
}
