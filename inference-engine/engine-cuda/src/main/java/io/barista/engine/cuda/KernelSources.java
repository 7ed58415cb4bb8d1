package io.barista.engine.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The CUDA sources packed beside these classes. */
final class KernelSources {

    private static final Pattern INCLUDE = Pattern.compile("(?m)^\\s*#include\\s+\"([^\"]+)\"");

    private KernelSources() {}

    /** @param file name such as {@code rms_norm.cu} */
    static String read(String file) {
        try (InputStream source = KernelSources.class.getResourceAsStream("kernels/" + file)) {
            if (source == null) {
                throw new IllegalStateException("kernels/" + file + " is not packed with engine-cuda");
            }
            return new String(source.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The headers that a source includes, and those that they include, by name and in order of name. */
    static Map<String, String> headersOf(String source) {
        Map<String, String> headers = new TreeMap<>();
        collect(source, headers);
        return headers;
    }

    private static void collect(String source, Map<String, String> headers) {
        Matcher include = INCLUDE.matcher(source);
        while (include.find()) {
            String name = include.group(1);
            if (!headers.containsKey(name)) {
                String header = read(name);
                headers.put(name, header);
                collect(header, headers);
            }
        }
    }
}
