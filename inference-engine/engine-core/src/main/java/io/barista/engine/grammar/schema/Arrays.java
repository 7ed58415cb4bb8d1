package io.barista.engine.grammar.schema;

import io.barista.engine.grammar.syntax.Expression;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Arrays by their first items, their other items and their number. */
final class Arrays {

    private static final int MAX_COUNT = 2_000;

    private final SchemaRules rules;

    Arrays(SchemaRules rules) {
        this.rules = rules;
    }

    Expression of(Schema schema) {
        int least = schema.count("minItems", 0);
        int most = schema.count("maxItems", Integer.MAX_VALUE);
        boolean bounded = most < Integer.MAX_VALUE;
        if (least > MAX_COUNT || bounded && most > MAX_COUNT) {
            throw schema.cannot(least > MAX_COUNT ? "minItems" : "maxItems",
                    "up to %d can be counted".formatted(MAX_COUNT));
        }
        if (least > most) {
            throw schema.cannot("minItems", "it is above maxItems");
        }
        boolean oldTuple = schema.get("items") instanceof List<?>;
        String prefixName = oldTuple ? "items" : "prefixItems";
        String restName = oldTuple ? "additionalItems" : "items";
        List<@Nullable Object> prefix = schema.list(prefixName);
        List<Expression> first = new ArrayList<>();
        for (int i = 0; i < prefix.size() && i < most; i++) {
            first.add(rules.compile(prefix.get(i), schema.at(prefixName) + "/" + i));
        }
        boolean open = schema.has(restName) || prefix.isEmpty() || least > prefix.size();
        Expression rest = !open || most <= first.size()
                ? null
                : schema.has(restName)
                        ? rules.compile(schema.get(restName), schema.at(restName))
                        : rules.anyValue();
        return rules.enclosed("[", items(first, rest, least, bounded ? most : Expression.UNBOUNDED), "]");
    }

    /** @param rest null when there are no more than the first */
    private Expression items(List<Expression> first, @Nullable Expression rest, int least, int most) {
        Expression following = Expression.EMPTY;
        if (rest != null && !rest.equals(Expression.NOTHING)) {
            int fewest = Math.max(0, least - first.size());
            int mostOfRest = most == Expression.UNBOUNDED ? most : most - first.size();
            if (first.isEmpty()) {
                return many(rest, fewest, mostOfRest);
            }
            Expression item = mostOfRest == Expression.UNBOUNDED && fewest <= 1 ? rest : rules.shared(rest);
            following = new Expression.Repeat(Expression.concat(rules.comma(), item), fewest, mostOfRest);
        }
        // from the last to the first: an item is there only if those before it are
        for (int i = first.size() - 1; i >= 0; i--) {
            Expression from = Expression.concat(i == 0 ? Expression.EMPTY : rules.comma(), first.get(i), following);
            following = i < least ? from : Expression.optional(from);
        }
        return following;
    }

    private Expression many(Expression item, int fewest, int most) {
        if (most == 0) {
            return Expression.EMPTY;
        }
        if (most == Expression.UNBOUNDED && fewest <= 1) {
            return rules.members(List.of(new Expression.Element(item, fewest == 0, true)));
        }
        Expression shared = rules.shared(item);
        Expression more = new Expression.Repeat(Expression.concat(rules.comma(), shared), Math.max(0, fewest - 1),
                most == Expression.UNBOUNDED ? most : most - 1);
        Expression some = Expression.concat(shared, more);
        return fewest == 0 ? Expression.optional(some) : some;
    }
}
