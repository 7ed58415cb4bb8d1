package io.barista.engine.model;

import io.barista.engine.EngineException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * The JSON header of a safetensors file, trusted in nothing: types, shapes and offsets are checked against each other and against
 * the bytes that are there before anything is read or allocated.
 */
record SafeTensorsHeader(List<Entry> entries) {

    /** One tensor; its bytes are [begin, end) of the data that follows the header. */
    record Entry(String name, SafeTensorsType type, List<Long> shape, long begin, long end) {}

    /**
     * @param file      for messages
     * @param dataBytes bytes in the file after the header
     */
    static SafeTensorsHeader parse(String file, byte[] json, long dataBytes) {
        JsonNode root = JsonFile.parse(json, file + ": header");
        if (!root.isObject()) {
            throw invalid(file, "header must be a JSON object");
        }
        List<Entry> entries = new ArrayList<>();
        root.properties().forEach(property -> {
            if (!property.getKey().equals("__metadata__")) {
                entries.add(entry(file, property.getKey(), property.getValue(), dataBytes));
            }
        });
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        requireEveryByteOnce(file, entries, dataBytes);
        return new SafeTensorsHeader(List.copyOf(entries));
    }

    private static Entry entry(String file, String name, JsonNode node, long dataBytes) {
        SafeTensorsType type = SafeTensorsType.of(node.path("dtype").asString(""))
                .orElseThrow(() -> invalid(file, "tensor %s has unknown dtype %s", name, node.path("dtype")));
        List<Long> shape = longs(file, name, "shape", node.path("shape"));
        List<Long> offsets = longs(file, name, "data_offsets", node.path("data_offsets"));
        if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
            throw invalid(file, "tensor %s: data_offsets must be [begin, end], not %s", name, offsets);
        }
        long begin = offsets.get(0);
        long end = offsets.get(1);
        if (end > dataBytes) {
            throw invalid(file, "tensor %s ends at byte %d of the data, but the file has only %d: it is truncated",
                    name, end, dataBytes);
        }
        if (sizeOf(file, name, type, shape) != end - begin) {
            throw invalid(file, "tensor %s: shape %s in %s does not fit the %d bytes at data_offsets", name, shape,
                    type, end - begin);
        }
        return new Entry(name, type, shape, begin, end);
    }

    private static List<Long> longs(String file, String name, String key, JsonNode node) {
        if (!node.isArray()) {
            throw invalid(file, "tensor %s: %s must be a list", name, key);
        }
        List<Long> longs = new ArrayList<>();
        for (JsonNode value : node) {
            if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
                throw invalid(file, "tensor %s: %s must hold whole numbers from 0, not %s", name, key, value);
            }
            longs.add(value.longValue());
        }
        return List.copyOf(longs);
    }

    private static long sizeOf(String file, String name, SafeTensorsType type, List<Long> shape) {
        try {
            long bytes = type.bytes();
            for (long dimension : shape) {
                bytes = Math.multiplyExact(bytes, dimension);
            }
            return bytes;
        } catch (ArithmeticException e) {
            throw invalid(file, "tensor %s: shape %s is too large", name, shape);
        }
    }

    /** The format's own rule: tensors neither overlap nor leave holes. */
    private static void requireEveryByteOnce(String file, List<Entry> sorted, long dataBytes) {
        long expected = 0;
        for (Entry entry : sorted) {
            if (entry.begin() != expected) {
                throw invalid(file, "tensor %s begins at byte %d of the data, %s", entry.name(), entry.begin(),
                        entry.begin() < expected ? "inside another tensor" : "after a hole from byte " + expected);
            }
            expected = entry.end();
        }
        if (expected != dataBytes) {
            throw invalid(file, "the file has %d bytes of data, but its tensors only use %d", dataBytes, expected);
        }
    }

    static EngineException invalid(String file, String format, Object... args) {
        return JsonFile.invalid("%s: %s", file, args.length == 0 ? format : format.formatted(args));
    }
}
