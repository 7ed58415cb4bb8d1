package io.barista.engine.cuda;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns a source and its macros into machine code for one target, by NVRTC or from the cache. */
final class KernelCompiler {

    private static final Logger LOG = LoggerFactory.getLogger(KernelCompiler.class);

    private final String target;
    private final KernelCache cache;

    /** @param target such as {@code sm_90a} */
    KernelCompiler(String target, KernelCache cache) {
        this.target = target;
        this.cache = cache;
    }

    /**
     * @param file   name of the source
     * @param macros what it is specialised for
     * @return a CUBIN, for a newer NVRTC's PTX would be refused by an older driver
     */
    byte[] compile(String file, Map<String, Integer> macros) {
        String source = KernelSources.read(file);
        Map<String, String> headers = KernelSources.headersOf(source);
        List<String> options = options(macros);
        String digest = digest(source, headers, options);
        return cache.find(digest).orElseGet(() -> {
            long started = System.nanoTime();
            byte[] cubin = Nvrtc.compile(file, source, headers, options);
            LOG.info("compiled {} {} for {} in {} ms", file, macros, target, (System.nanoTime() - started) / 1_000_000);
            cache.keep(digest, cubin);
            return cubin;
        });
    }

    private List<String> options(Map<String, Integer> macros) {
        List<String> options = new ArrayList<>(
                List.of("--std=c++17", "-default-device", "--gpu-architecture=" + target));
        macros.entrySet().stream().sorted(Map.Entry.comparingByKey())
                .forEach(macro -> options.add("-D%s=%d".formatted(macro.getKey(), macro.getValue())));
        return options;
    }

    private static String digest(String source, Map<String, String> headers, List<String> options) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            List<String> parts = new ArrayList<>(List.of(Nvrtc.version(), source));
            parts.addAll(headers.values());
            parts.addAll(options);
            for (String part : parts) {
                digest.update(part.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
