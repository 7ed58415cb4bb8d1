package io.barista.engine.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.util.Optional;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.cuda.global.nvrtc;
import org.bytedeco.javacpp.Loader;

/** Finds out, without harm, whether this process can use a GPU. */
final class CudaProbe {

    /** Tensor cores for bfloat16 and asynchronous copies came with it. */
    private static final int OLDEST_CAPABILITY = 80;

    private CudaProbe() {}

    /** Why not, and what would help; empty when it can. */
    static Optional<String> refusal() {
        return missingLibrary().or(CudaProbe::missingDevice);
    }

    private static Optional<String> missingLibrary() {
        try (Arena arena = Arena.ofConfined()) {
            // Asked first and without JavaCPP, which would unpack its libraries on every machine that has no GPU.
            SymbolLookup.libraryLookup("libcuda.so.1", arena);
        } catch (IllegalArgumentException e) {
            return Optional.of("there is no NVIDIA driver (libcuda.so.1 is not found)");
        }
        JavaCpp.configure();
        try {
            Loader.load(cudart.class);
            Loader.load(nvrtc.class);
            Loader.load(cublas.class);
            return Optional.empty();
        } catch (LinkageError e) {
            return Optional.of(explain(messages(e)));
        }
    }

    /** JavaCPP wraps what the linker said. */
    private static String messages(Throwable error) {
        StringBuilder messages = new StringBuilder();
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            messages.append(cause.getMessage()).append('\n');
        }
        return messages.toString();
    }

    /** The linker names the file that it did not find; who installs it is known. */
    static String explain(String linkage) {
        String reason = linkage.lines().findFirst().orElse("");
        for (String library : new String[]{"libcudart.so.13", "libnvrtc.so.13", "libcublas.so.13",
            "libcublasLt.so.13"}) {
            if (linkage.contains(library)) {
                return "the CUDA 13 runtime is missing: %s is not found; install it or add its folder to LD_LIBRARY_PATH"
                        .formatted(library);
            }
        }
        return "CUDA's libraries cannot be loaded: " + reason;
    }

    private static Optional<String> missingDevice() {
        try {
            Driver.initialise();
            if (Driver.deviceCount() == 0) {
                return Optional.of("the driver shows no device");
            }
            if (Driver.version() < 13_000) {
                return Optional.of("the driver is for CUDA %d.%d, 13.0 is needed: install driver 580 or newer"
                        .formatted(Driver.version() / 1000, Driver.version() % 1000 / 10));
            }
            Device.Properties device = Device.Properties.of(Driver.device(0));
            return device.computeCapability() >= OLDEST_CAPABILITY
                    ? Optional.empty()
                    : Optional.of("%s has compute capability %d.%d, 8.0 is needed".formatted(device.name(),
                            device.computeCapability() / 10, device.computeCapability() % 10));
        } catch (DeviceFailure e) {
            return Optional.of("no device can be used: " + e.getMessage());
        }
    }
}
