package io.barista.engine.cuda;

import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.cuda.cudart.CUmod_st;

/** Compiles and loads kernels for one device and element type; owns their modules. */
final class KernelLoader implements AutoCloseable {

    private final KernelCompiler compiler;
    private final Element element;
    private final Device.Properties device;
    private final Stream stream;
    private final Arena arena = Arena.ofConfined();
    private final Map<String, CUmod_st> modules = new HashMap<>();
    private final Deque<CUmod_st> loaded = new ArrayDeque<>();

    KernelLoader(KernelCompiler compiler, Element element, Device.Properties device, Stream stream) {
        this.compiler = compiler;
        this.element = element;
        this.device = device;
        this.stream = stream;
    }

    Device.Properties device() {
        return device;
    }

    /** The function that has its file's name. */
    Kernel load(String name, int block) {
        return load(name, name, block, Map.of());
    }

    /** @param file name of the source without {@code .cu} */
    Kernel load(String file, String function, int block) {
        return load(file, function, block, Map.of());
    }

    /**
     * @param file   name of the source without {@code .cu}
     * @param macros beside ELEMENT, which is this loader's unless they say otherwise
     */
    Kernel load(String file, String function, int block, Map<String, Integer> macros) {
        CUmod_st module = modules.computeIfAbsent(file + macros, _ -> module(file, macros));
        return new Kernel(function, Driver.function(module, function), block, device.launchesDependents(), false,
                stream, arena);
    }

    /** One on that stream, which may have been told to wait for kernels of others: for all of them it waits itself. */
    Kernel loadBeside(String file, String function, int block, Stream other) {
        CUmod_st module = modules.computeIfAbsent(file + Map.of(), _ -> module(file, Map.of()));
        return new Kernel(function, Driver.function(module, function), block, device.launchesDependents(), false, other,
                arena);
    }

    /** One whose blocks wait for one another: a launch fails unless all of them can run at a time. */
    Kernel loadResident(String file, String function, int block, Map<String, Integer> macros) {
        CUmod_st module = modules.computeIfAbsent(file + macros, _ -> module(file, macros));
        return new Kernel(function, Driver.function(module, function), block, device.launchesDependents(), true, stream,
                arena);
    }

    private CUmod_st module(String file, Map<String, Integer> macros) {
        Map<String, Integer> all = new HashMap<>(Map.of("ELEMENT", element.macro()));
        all.putAll(macros);
        CUmod_st module = Driver.loadModule(compiler.compile(file + ".cu", all));
        loaded.push(module);
        return module;
    }

    @Override
    public void close() {
        while (!loaded.isEmpty()) {
            Driver.unload(loaded.pop());
        }
        arena.close();
    }
}
