package io.barista.modelservice;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes bodies that no client should send from ones that it may: any value of any type at any place, cut off, or broken bytes. */
final class MutatedBodies {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String HOLE = "\"@hole@\"";

    private static final List<String> VALUES = List.of("null", "true", "false", "0", "1", "-1", "2", "0.5", "1e400",
            "-1e999", "1e-400", "99999999999999999999999", "-9223372036854775809", "2147483648", "\"\"", "\"x\"",
            "\"7\"",
            "\"NaN\"", "\"\\u0000\"", "\"\\ud83d\"", "\"a\\udc00b\"", "\"\\ud83d\\ude00\"", "[]", "{}", "[null]",
            "[[]]",
            "[1,2,3]", "[[1],[2]]", "[\"a\",\"b\"]", "[{}]", "{\"type\":\"text\"}", "{\"type\":null}",
            "{\"\":{\"\":[]}}",
            "[{\"role\":\"tool\",\"content\":[{\"type\":\"text\",\"text\":\"b\"}]},{\"role\":\"assistant\"}]",
            "\"auto\"",
            "\"required\"", "{\"\\ud83d\":1}", "{\"$ref\":\"#\"}", "[-1]", "[9999999]", "{\"a\":{\"b\":[{}]}}",
            "[".repeat(60) + "]".repeat(60), "{\"a\":".repeat(60) + "1" + "}".repeat(60),
            "\"" + "long ".repeat(4000) + "\"",
            "[" + "1,".repeat(3000) + "1]");

    private final List<String> wholesome;
    private final Random random;

    /** @param wholesome bodies that are answered */
    MutatedBodies(List<String> wholesome, long seed) {
        this.wholesome = wholesome;
        this.random = new Random(seed);
    }

    byte[] next() {
        JsonNode body = JSON.readTree(wholesome.get(random.nextInt(wholesome.size())));
        int changes = 1 + random.nextInt(2);
        String text = body.toString();
        for (int i = 0; i < changes; i++) {
            JsonNode changed = JSON.readTree(text);
            String value = change(changed);
            text = changed.toString().replace(HOLE, value);
            if (!isReadable(text)) {
                break;
            }
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return switch (random.nextInt(10)) {
            case 0 -> Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 1 -> broken(bytes);
            default -> bytes;
        };
    }

    /** Digs a hole into the tree, and says what to fill it with. */
    private String change(JsonNode body) {
        List<JsonNode> containers = new ArrayList<>();
        collect(body, containers);
        String value = VALUES.get(random.nextInt(VALUES.size()));
        JsonNode place = containers.get(random.nextInt(containers.size()));
        if (place instanceof ObjectNode object) {
            List<String> names = new ArrayList<>(object.propertyNames());
            object.put(names.get(random.nextInt(names.size())), "@hole@");
        } else if (place instanceof ArrayNode array) {
            array.set(random.nextInt(array.size()), JSON.getNodeFactory().stringNode("@hole@"));
        }
        return value;
    }

    private static void collect(JsonNode node, List<JsonNode> containers) {
        if (node.isContainer() && !node.isEmpty()) {
            containers.add(node);
            node.forEach(child -> collect(child, containers));
        }
    }

    private static boolean isReadable(String text) {
        try {
            JSON.readTree(text);
            return true;
        } catch (tools.jackson.core.JacksonException beyondLimits) {
            return false;
        }
    }

    private byte[] broken(byte[] bytes) {
        byte[] broken = bytes.clone();
        broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
        return broken;
    }
}
