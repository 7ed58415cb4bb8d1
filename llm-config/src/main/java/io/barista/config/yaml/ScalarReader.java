package io.barista.config.yaml;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Scalars typed by the rules of YAML 1.1, which are PyYAML's too, so that a file means the same here and in Ray. */
final class ScalarReader extends SafeConstructor {

    ScalarReader(LoaderOptions options) {
        super(options);
    }

    /** @throws IllegalArgumentException for a tag that asks for an object */
    @Nullable
    Object read(ScalarNode node) {
        Tag tag = node.getTag();
        if (tag.equals(Tag.NULL)) {
            return null;
        }
        if (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT) || tag.equals(Tag.BOOL)) {
            return typed(node);
        }
        if (tag.equals(Tag.STR) || tag.equals(Tag.TIMESTAMP)) {
            return node.getValue(); // a date is text here: no key wants one, and an id may look like one
        }
        throw new IllegalArgumentException("the tag " + tag + " is not allowed, only plain values are");
    }

    private Object typed(ScalarNode node) {
        try {
            return constructObject(node);
        } catch (RuntimeException e) { // matches the pattern of a number, yet is none, such as 0b_
            return node.getValue();
        }
    }
}
