package io.barista.engine.grammar.schema;

import io.barista.engine.grammar.syntax.GrammarException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A schema with combinations as a choice between schemas without any: references followed, {@code allOf} merged. */
final class Branches {

    private static final int MAX_BRANCHES = 500;
    private static final int MAX_DEPTH = 30;

    private final SchemaDocument document;
    private int depth;

    Branches(SchemaDocument document) {
        this.document = document;
    }

    List<Schema> of(Schema schema) {
        if (++depth > MAX_DEPTH) {
            throw schema.cannot(schema.has("$ref") ? "$ref" : "allOf",
                    "it combines itself with other keywords without end");
        }
        Map<String, @Nullable Object> own = new LinkedHashMap<>();
        schema.fields().forEach((name, value) -> {
            if (Keywords.isValidation(name)) {
                own.put(name, value);
            }
        });
        List<Schema> branches = List.of(new Schema(own, schema.path()));
        if (schema.has("$ref")) {
            String reference = String.valueOf(schema.text("$ref"));
            branches = product(branches, of(Schema.of(document.resolve(reference, schema.path()), reference)));
        }
        List<@Nullable Object> all = schema.list("allOf");
        for (int i = 0; i < all.size(); i++) {
            branches = product(branches, of(Schema.of(all.get(i), schema.at("allOf/" + i))));
        }
        if (schema.has("oneOf")) {
            new Disjoint(document).check(schema);
        }
        for (String name : List.of("anyOf", "oneOf")) {
            if (schema.has(name)) {
                branches = product(branches, options(schema, name));
            }
        }
        depth--;
        return branches;
    }

    private List<Schema> options(Schema schema, String name) {
        List<Schema> options = new ArrayList<>();
        List<@Nullable Object> list = schema.list(name);
        for (int i = 0; i < list.size(); i++) {
            if (!Boolean.FALSE.equals(list.get(i))) {
                options.addAll(of(Schema.of(list.get(i), schema.at(name) + "/" + i)));
            }
        }
        return options;
    }

    private static List<Schema> product(List<Schema> left, List<Schema> right) {
        if ((long) left.size() * right.size() > MAX_BRANCHES) {
            throw GrammarException.of("the JSON schema at %s combines more than %d possibilities",
                    left.getFirst().path(), MAX_BRANCHES);
        }
        List<Schema> product = new ArrayList<>();
        for (Schema first : left) {
            for (Schema second : right) {
                product.add(Merge.of(first, second));
            }
        }
        return product;
    }
}
