package io.barista.engine.cuda;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.bytedeco.cuda.global.nvrtc;
import org.bytedeco.cuda.nvrtc._nvrtcProgram;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.SizeTPointer;

/** CUDA's compiler as a library. Needs no device. */
final class Nvrtc {

    private Nvrtc() {}

    static String version() {
        int[] major = new int[1];
        int[] minor = new int[1];
        check("nvrtcVersion", nvrtc.nvrtcVersion(major, minor));
        return major[0] + "." + minor[0];
    }

    /**
     * @param headers sources by the names under which they are included
     * @throws IllegalStateException with the compiler's log when the source is wrong
     */
    static byte[] compile(String file, String source, Map<String, String> headers, List<String> options) {
        try (PointerScope _ = new PointerScope()) {
            _nvrtcProgram program = new _nvrtcProgram();
            check("nvrtcCreateProgram", nvrtc.nvrtcCreateProgram(program, text(source), text(file), headers.size(),
                    texts(List.copyOf(headers.values())), texts(List.copyOf(headers.keySet()))));
            try {
                int code = nvrtc.nvrtcCompileProgram(program, options.size(), texts(options));
                if (code != 0) {
                    throw new IllegalStateException("%s does not compile with %s:%n%s".formatted(file, options,
                            log(program)));
                }
                SizeTPointer size = new SizeTPointer(1);
                check("nvrtcGetCUBINSize", nvrtc.nvrtcGetCUBINSize(program, size));
                byte[] cubin = new byte[Math.toIntExact(size.get())];
                check("nvrtcGetCUBIN", nvrtc.nvrtcGetCUBIN(program, cubin));
                return cubin;
            } finally {
                check("nvrtcDestroyProgram", nvrtc.nvrtcDestroyProgram(program));
            }
        }
    }

    private static String log(_nvrtcProgram program) {
        SizeTPointer size = new SizeTPointer(1);
        check("nvrtcGetProgramLogSize", nvrtc.nvrtcGetProgramLogSize(program, size));
        byte[] log = new byte[Math.toIntExact(size.get())];
        check("nvrtcGetProgramLog", nvrtc.nvrtcGetProgramLog(program, log));
        return new String(log, StandardCharsets.UTF_8).strip();
    }

    private static BytePointer text(String value) {
        return new BytePointer(value, StandardCharsets.UTF_8);
    }

    private static PointerPointer<BytePointer> texts(List<String> values) {
        PointerPointer<BytePointer> pointers = new PointerPointer<>(Math.max(values.size(), 1));
        for (int i = 0; i < values.size(); i++) {
            pointers.put(i, text(values.get(i)));
        }
        return pointers;
    }

    private static void check(String call, int code) {
        if (code != 0) {
            throw new DeviceFailure(call, code, nvrtc.nvrtcGetErrorString(code).getString());
        }
    }
}
