package io.barista.engine.grammar.schema;

import io.barista.engine.grammar.syntax.Expression;
import io.barista.engine.grammar.syntax.RegexParser;

/** Strings by length, pattern or format. */
final class Strings {

    /** Beyond this an automaton would have to count too far. */
    private static final int MAX_COUNT = 2_000;

    private final SchemaRules rules;

    Strings(SchemaRules rules) {
        this.rules = rules;
    }

    Expression of(Schema schema) {
        String format = schema.text("format");
        String formatPattern = format == null ? null : Formats.pattern(format);
        String pattern = schema.text("pattern");
        int least = schema.count("minLength", 0);
        int most = schema.count("maxLength", Integer.MAX_VALUE);
        boolean counted = least > 0 || most < Integer.MAX_VALUE;
        if (pattern != null && (counted || formatPattern != null)) {
            throw schema.cannot("pattern", "together with %s; say both in one pattern"
                    .formatted(counted ? "a length" : "a format"));
        }
        if (formatPattern != null && counted) {
            throw schema.cannot("format", "together with a length; leave one of them out");
        }
        if (pattern != null) {
            return rules.leaf("string like " + pattern,
                    () -> JsonTexts.quoted(JsonTexts.escaped(RegexParser.anywhere(pattern))));
        }
        if (formatPattern != null) {
            return rules.leaf("string of format " + format,
                    () -> JsonTexts.quoted(JsonTexts.escaped(RegexParser.whole(formatPattern))));
        }
        return counted ? counted(schema, least, most) : rules.string();
    }

    private Expression counted(Schema schema, int least, int most) {
        boolean bounded = most < Integer.MAX_VALUE;
        if (least > MAX_COUNT || bounded && most > MAX_COUNT) {
            throw schema.cannot(least > MAX_COUNT ? "minLength" : "maxLength",
                    "lengths up to %d can be counted".formatted(MAX_COUNT));
        }
        if (bounded && least > most) {
            throw schema.cannot("minLength", "it is above maxLength");
        }
        return rules.leaf("string of %d to %d".formatted(least, most), () -> JsonTexts.quoted(new Expression.Repeat(
                JsonTexts.CHARACTER, least, bounded ? most : Expression.UNBOUNDED)));
    }
}
