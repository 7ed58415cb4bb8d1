package io.barista.engine.grammar.schema;

import io.barista.engine.grammar.syntax.Expression;
import io.barista.engine.grammar.syntax.Grammar;
import io.barista.engine.grammar.syntax.GrammarException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The grammar of all JSON texts that satisfy a schema, and that keep to its spirit: properties come in the schema's order, and an
 * object or array that names its members has no others unless the schema says so.
 */
public final class SchemaGrammar {

    private static final int MAX_LENGTH = 1 << 20;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private SchemaGrammar() {}

    /**
     * @param schema   JSON text: an object or a boolean
     * @param flexible whether there may be white space
     * @throws GrammarException naming the keyword that is wrong or cannot be enforced
     */
    public static Grammar of(String schema, boolean flexible) {
        if (schema.length() > MAX_LENGTH) {
            throw GrammarException.of("a JSON schema may have %d characters, this one has %d", MAX_LENGTH,
                    schema.length());
        }
        SchemaRules rules = new SchemaRules(new SchemaDocument(parse(schema)), flexible);
        return rules.grammar();
    }

    private static @Nullable Object parse(String schema) {
        try {
            Object value = JSON.readValue(schema, Object.class);
            if (!(value instanceof Map<?, ?>) && !(value instanceof Boolean)) {
                throw new GrammarException("a JSON schema must be an object or a boolean");
            }
            return value;
        } catch (JacksonException broken) {
            throw new GrammarException("the JSON schema is no JSON: " + broken.getOriginalMessage());
        }
    }

    /** White space between tokens. */
    static Expression space(boolean flexible) {
        return flexible
                ? Expression.optional(Expression.choice(Expression.text(" "), Expression.concat(Expression.text("\n"),
                        new Expression.Repeat(Expression.choice(Expression.text(" "), Expression.text("\t")), 0, 20))))
                : Expression.EMPTY;
    }
}
