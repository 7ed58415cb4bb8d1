package io.barista.config.yaml;

import io.barista.config.ConfigException;
import io.barista.config.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * SnakeYAML's nodes to {@link Value}s. Aliases are expanded, so the number of values is bounded (a few aliases of
 * aliases can stand for billions) and so is the depth (an alias can name the node it stands in).
 */
final class ValueReader {

    private static final int MAX_VALUES = 100_000;
    private static final int MAX_DEPTH = 50;

    private final String file;
    private final ScalarReader scalars;
    private int values;

    ValueReader(String file, ScalarReader scalars) {
        this.file = file;
        this.scalars = scalars;
    }

    Value read(Node root) {
        return read(root, 0);
    }

    private Value read(Node node, int depth) {
        values++;
        if (values > MAX_VALUES || depth > MAX_DEPTH) {
            throw problem(node, "", values > MAX_VALUES
                    ? "more than " + MAX_VALUES + " values, aliases expanded"
                    : "more than " + MAX_DEPTH + " levels deep, aliases expanded");
        }
        return switch (node) {
            case ScalarNode scalar -> readScalar(scalar);
            case SequenceNode sequence -> readItems(sequence, depth);
            case MappingNode mapping -> readFields(mapping, depth);
            default -> throw problem(node, "", "this kind of YAML value is not supported");
        };
    }

    private Value readScalar(ScalarNode node) {
        try {
            return new Value.Scalar(scalars.read(node), line(node));
        } catch (IllegalArgumentException e) {
            throw problem(node, "", String.valueOf(e.getMessage()));
        }
    }

    private Value readItems(SequenceNode node, int depth) {
        requireTag(node, Tag.SEQ);
        List<Value> items = new ArrayList<>();
        for (Node item : node.getValue()) {
            items.add(read(item, depth + 1));
        }
        return new Value.Items(items, line(node));
    }

    private Value.Fields readFields(MappingNode node, int depth) {
        requireTag(node, Tag.MAP);
        Map<String, Value.Field> fields = new LinkedHashMap<>();
        Set<String> own = new HashSet<>();
        for (NodeTuple tuple : node.getValue()) {
            if (tuple.getKeyNode().getTag().equals(Tag.MERGE)) {
                merge(tuple.getValueNode(), depth).forEach(fields::putIfAbsent);
                continue;
            }
            String name = name(tuple.getKeyNode());
            if (!own.add(name)) {
                throw problem(tuple.getKeyNode(), name, "is given twice in one mapping");
            }
            Value value = read(tuple.getValueNode(), depth + 1);
            fields.put(name, new Value.Field(name, value, line(tuple.getKeyNode())));
        }
        return new Value.Fields(fields, line(node));
    }

    /** {@code <<: *defaults}: fields that the mapping itself does not give; of several, the first wins. */
    private Map<String, Value.Field> merge(Node source, int depth) {
        Map<String, Value.Field> merged = new LinkedHashMap<>();
        switch (read(source, depth + 1)) {
            case Value.Fields fields -> merged.putAll(fields.fields());
            case Value.Items items -> {
                for (Value item : items.items()) {
                    if (!(item instanceof Value.Fields fields)) {
                        throw problem(source, "<<", "expected mappings to merge");
                    }
                    fields.fields().forEach(merged::putIfAbsent);
                }
            }
            case Value.Scalar _ -> throw problem(source, "<<", "expected a mapping to merge");
        }
        return merged;
    }

    private String name(Node key) {
        if (key instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        throw problem(key, "", "expected text as a key");
    }

    private void requireTag(Node node, Tag expected) {
        if (!node.getTag().equals(expected)) {
            throw problem(node, "", "the tag " + node.getTag() + " is not allowed, only plain values are");
        }
    }

    private ConfigException problem(Node node, String key, String message) {
        return new ConfigException(new Problem(file, line(node), key, message));
    }

    private static int line(Node node) {
        return node.getStartMark() == null ? 0 : node.getStartMark().getLine() + 1;
    }
}
