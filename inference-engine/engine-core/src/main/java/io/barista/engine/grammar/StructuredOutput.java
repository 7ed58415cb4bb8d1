package io.barista.engine.grammar;

import io.barista.engine.grammar.schema.SchemaGrammar;
import io.barista.engine.grammar.syntax.EbnfParser;
import io.barista.engine.grammar.syntax.Expression;
import io.barista.engine.grammar.syntax.Grammar;
import io.barista.engine.grammar.syntax.GrammarException;
import io.barista.engine.grammar.syntax.RegexParser;
import java.util.List;

/** What an output must look like. Equal ones are compiled once. */
public sealed interface StructuredOutput {

    /** Text of a grammar or pattern beyond this is refused unread. */
    int MAX_TEXT = 1 << 20;

    /** @param schema a JSON schema as JSON text, since the order of its properties is the order of the output's */
    record JsonSchema(String schema, Whitespace whitespace) implements StructuredOutput {

        @Override
        public Grammar grammar() {
            return SchemaGrammar.of(schema, whitespace == Whitespace.FLEXIBLE);
        }
    }

    /** Any JSON object. */
    record JsonObject(Whitespace whitespace) implements StructuredOutput {

        @Override
        public Grammar grammar() {
            return SchemaGrammar.of("{\"type\": \"object\"}", whitespace == Whitespace.FLEXIBLE);
        }
    }

    /** The whole output matches. */
    record Regex(String pattern) implements StructuredOutput {

        @Override
        public Grammar grammar() {
            requireLength(pattern);
            return Grammar.of(RegexParser.whole(pattern));
        }
    }

    record Choice(List<String> options) implements StructuredOutput {

        @Override
        public Grammar grammar() {
            if (options.isEmpty()) {
                throw new GrammarException("there must be at least one choice");
            }
            return Grammar.of(new Expression.Choice(options.stream().map(Expression::text).toList()));
        }
    }

    record Ebnf(String text) implements StructuredOutput {

        @Override
        public Grammar grammar() {
            requireLength(text);
            return EbnfParser.parse(text);
        }
    }

    /** @throws GrammarException when it cannot be enforced, with the reason */
    Grammar grammar();

    private static void requireLength(String text) {
        if (text.length() > MAX_TEXT) {
            throw GrammarException.of("the text of a grammar may have %d characters, this one has %d", MAX_TEXT,
                    text.length());
        }
    }
}
