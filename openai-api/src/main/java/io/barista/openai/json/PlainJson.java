package io.barista.openai.json;

import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** JSON without Jackson's types, as chat templates and schemas see it. */
final class PlainJson {

    private PlainJson() {}

    static Map<String, @Nullable Object> map(JsonNode object, String path) {
        Map<String, @Nullable Object> map = LinkedHashMap.newLinkedHashMap(object.size());
        object.properties().forEach(entry -> {
            String name = wellFormed(entry.getKey(), path);
            map.put(name, value(entry.getValue(), path + "." + name));
        });
        return map;
    }

    static @Nullable Object value(JsonNode node, String path) {
        return switch (node.getNodeType()) {
            case OBJECT -> map(node, path);
            case ARRAY -> list(node, path);
            case STRING -> wellFormed(node.stringValue(), path);
            case BOOLEAN -> node.booleanValue();
            case NUMBER -> number(node, path);
            case NULL, MISSING, BINARY, POJO -> null;
        };
    }

    private static List<@Nullable Object> list(JsonNode array, String path) {
        List<@Nullable Object> list = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
            list.add(value(array.get(i), path + "[" + i + "]"));
        }
        return list;
    }

    private static Number number(JsonNode node, String path) {
        Number number = node.numberValue();
        if (number instanceof Double d && !Double.isFinite(d)) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, path, "'%s' must be a finite number.", path);
        }
        return number;
    }

    /** Half a surrogate pair has no UTF-8 form, so no tokenizer could take it. */
    static String wellFormed(String text, String path) {
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (!Character.isSurrogate(unit)) {
                continue;
            }
            boolean paired = Character.isHighSurrogate(unit) && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (!paired) {
                throw ApiException.of(ErrorCode.INVALID_VALUE, path,
                        "'%s' is not valid Unicode: it has a lone surrogate at index %d.", path, i);
            }
            i++;
        }
        return text;
    }
}
