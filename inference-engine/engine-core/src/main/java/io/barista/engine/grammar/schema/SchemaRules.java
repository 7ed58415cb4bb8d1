package io.barista.engine.grammar.schema;

import io.barista.engine.grammar.syntax.Expression;
import io.barista.engine.grammar.syntax.Grammar;
import io.barista.engine.grammar.syntax.GrammarException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The rules of one schema's grammar: what references point to, any JSON value, and the kinds of strings and numbers. */
final class SchemaRules {

    private static final String ROOT = "root";
    private static final String VALUE = "any value";
    private static final String OBJECT = "any object";
    private static final String ARRAY = "any array";
    private static final String STRING = "string";

    private static final int MAX_DEPTH = 100;
    private static final int MAX_RULES = 5_000;

    private final SchemaDocument document;
    private final Expression space;
    private final Map<String, Expression> rules = new LinkedHashMap<>();
    private final Set<String> apart = new HashSet<>();
    private final Deque<Runnable> open = new ArrayDeque<>();
    private int depth;
    private int names;

    SchemaRules(SchemaDocument document, boolean flexible) {
        this.document = document;
        this.space = SchemaGrammar.space(flexible);
    }

    Grammar grammar() {
        rules.put(ROOT, compile(document.root(), "#"));
        while (!open.isEmpty()) {
            open.poll().run();
        }
        return new Grammar(ROOT, rules, apart);
    }

    SchemaDocument document() {
        return document;
    }

    Expression space() {
        return space;
    }

    /** A schema's values, in place. */
    Expression compile(@Nullable Object schema, String path) {
        if (Boolean.FALSE.equals(schema)) {
            return Expression.NOTHING;
        }
        if (++depth > MAX_DEPTH) {
            throw GrammarException.of("the JSON schema is nested deeper than %d at %s", MAX_DEPTH, path);
        }
        Expression values = new SchemaCompiler(this).compile(Schema.of(schema, path));
        depth--;
        return values;
    }

    /** A rule of its own for a schema that is written out more than once. */
    Expression.Call shared(Expression values) {
        String name = "part " + names++;
        rules.put(name, values);
        return new Expression.Call(name);
    }

    /** The rule of what a reference points to, which may be the schema that we are in. */
    Expression reference(String reference, String path) {
        Object target = document.resolve(reference, path);
        return rule("at " + reference, () -> compile(target, reference));
    }

    Expression anyValue() {
        return rule(VALUE, () -> Expression.choice(string(), number(), anyObject(), anyArray(),
                Expression.text("true"), Expression.text("false"), Expression.text("null")));
    }

    Expression anyObject() {
        return rule(OBJECT, () -> {
            Expression member = Expression.concat(string(), colon(), anyValue());
            return enclosed("{", members(List.of(new Expression.Element(member, true, true))), "}");
        });
    }

    Expression anyArray() {
        return rule(ARRAY, () -> enclosed("[",
                members(List.of(new Expression.Element(anyValue(), true, true))), "]"));
    }

    Expression string() {
        return leaf(STRING, () -> JsonTexts.quoted(Expression.anyNumber(JsonTexts.CHARACTER)));
    }

    Expression integer() {
        return leaf("integer", () -> Decimals.INTEGER);
    }

    Expression number() {
        return leaf("number", () -> Decimals.NUMBER);
    }

    /** A rule that calls no other and keeps its own automaton, since equal ones share their masks. */
    Expression leaf(String name, Supplier<Expression> body) {
        if (!rules.containsKey(name)) {
            rules.put(name, body.get());
            apart.add(name);
        }
        return new Expression.Call(name);
    }

    Expression colon() {
        return Expression.concat(Expression.text(":"), space);
    }

    Expression comma() {
        return Expression.concat(Expression.text(","), space);
    }

    Expression members(List<Expression.Element> elements) {
        return new Expression.Separated(elements, comma());
    }

    Expression enclosed(String opening, Expression content, String closing) {
        return Expression.concat(Expression.text(opening), space, content, space, Expression.text(closing));
    }

    /** Bodies are made later: they may call the rule that is being made. */
    private Expression rule(String name, Supplier<Expression> body) {
        if (!rules.containsKey(name)) {
            if (rules.size() > MAX_RULES) {
                throw GrammarException.of("the JSON schema refers to more than %d places", MAX_RULES);
            }
            rules.put(name, Expression.NOTHING);
            open.add(() -> rules.put(name, body.get()));
        }
        return new Expression.Call(name);
    }
}
