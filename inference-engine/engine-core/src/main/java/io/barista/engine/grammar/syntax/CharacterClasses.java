package io.barista.engine.grammar.syntax;

import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;

/** The named sets of characters in regular expressions, with the meaning of ECMA-262. */
final class CharacterClasses {

    static final CodePoints DIGITS = CodePoints.range('0', '9');
    static final CodePoints WORD = DIGITS.plus(CodePoints.range('a', 'z')).plus(CodePoints.range('A', 'Z'))
            .plus(CodePoints.of('_'));
    static final CodePoints SPACE = CodePoints.anyOf(
            "\t\n\u000B\f\r \u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u2028\u2029\u202F\u205F\u3000\uFEFF");
    static final CodePoints DOT = CodePoints.anyOf("\n\r\u2028\u2029").inverted();

    private static final Map<String, IntPredicate> PROPERTIES = Map.of(
            "L", Character::isLetter, "LETTER", Character::isLetter,
            "LU", Character::isUpperCase, "LL", Character::isLowerCase,
            "N", point -> (1 << Character.getType(point) & (1 << Character.DECIMAL_DIGIT_NUMBER
                    | 1 << Character.LETTER_NUMBER | 1 << Character.OTHER_NUMBER)) != 0,
            "ND", Character::isDigit,
            "P", point -> (1 << Character.getType(point) & (1 << Character.CONNECTOR_PUNCTUATION
                    | 1 << Character.DASH_PUNCTUATION | 1 << Character.START_PUNCTUATION
                    | 1 << Character.END_PUNCTUATION | 1 << Character.OTHER_PUNCTUATION
                    | 1 << Character.INITIAL_QUOTE_PUNCTUATION | 1 << Character.FINAL_QUOTE_PUNCTUATION)) != 0,
            "ALPHABETIC", Character::isAlphabetic);

    private CharacterClasses() {}

    /** The set of {@code \p{name}}. */
    static CodePoints property(String name, TextCursor cursor) {
        IntPredicate predicate = PROPERTIES.get(name.toUpperCase(Locale.ROOT));
        if (predicate == null) {
            throw cursor.error("the property \\p{%s} is not known; L, Lu, Ll, N, Nd and P are".formatted(name));
        }
        return CodePoints.matching(predicate);
    }
}
