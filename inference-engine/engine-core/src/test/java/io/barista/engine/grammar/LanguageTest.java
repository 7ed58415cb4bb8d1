package io.barista.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.engine.grammar.syntax.GrammarException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LanguageTest {

    @ParameterizedTest
    @CsvSource(delimiter = ' ',
            value = {"a+b? aab abb", "(?:x|yz){2,3} xyzx yz", "[^a-y]\\d z7 a7", "\\u00e9|\\x41 é B",
                "^[\\w.]+@x$ a.b@x @x", "日{2} 日日 日", "(?<year>\\d{4}) 2024 224", "a{,2} aa aaa", "\\p{Lu}[^\\s] Äx äx",
                "a|b|c c d", ".{3} a日b ab"})
    void matchesWholeTexts(String pattern, String inside, String outside) {
        Language language = Language.regex(pattern);

        assertThat(language.has(inside)).isTrue();
        assertThat(language.has(outside)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"(", "a)", "[b", "a**", "*", "(?=a)", "(?<!a)b", "\\bword", "(a)\\1", "a{3,2}", "[z-a]", "a^b",
                "\\p{Klingon}", "\\", "(a$)b"})
    void refusesWhatIsNoRegularExpressionOrNotRegular(String pattern) {
        assertThatThrownBy(() -> Language.regex(pattern)).isInstanceOf(GrammarException.class)
                .hasMessageContaining("regular expression").hasMessageContaining("character");
    }

    @ParameterizedTest
    @ValueSource(strings = {"((((a{1000}){1000}){1000}){1000})", "(a|b)*a(a|b){30}",
        "(((((((((x?){9}){9}){9}){9}){9}){9}){9}){9})",
        "(.*){500}(.*a){200}"})
    void refusesPatternsThatWouldTakeForever(String pattern) {
        long start = System.nanoTime();
        assertThatThrownBy(() -> Language.regex(pattern)).isInstanceOf(GrammarException.class)
                .hasMessageMatching("(?s).*(too large|too complex).*");
        // a bound on hanging, generous enough for a busy machine
        assertThat(System.nanoTime() - start).isLessThan(10_000_000_000L);
    }

    @Test
    void refusesGroupsThatAreNestedTooDeep() {
        assertThatThrownBy(() -> Language.regex("(".repeat(50_000))).hasMessageContaining("nested deeper");
        assertThatThrownBy(() -> Language.ebnf("root ::= " + "(".repeat(50_000))).hasMessageContaining("nested deeper");
    }

    @Test
    void followsRecursiveAndLeftRecursiveRules() {
        Language sums = Language.ebnf("""
                # sums of products
                root ::= sum
                sum  ::= sum "+" product | product
                product ::= product "*" atom | atom
                atom ::= [0-9]{1,3} | "(" sum ")"
                """);

        assertThat(sums.has("1+2*(3+4)*55")).isTrue();
        assertThat(sums.has("((7))")).isTrue();
        assertThat(sums.has("((7)")).isFalse();
        assertThat(sums.has("1+")).isFalse();
        assertThat(sums.has("1234")).isFalse();
    }

    @Test
    void followsAmbiguousRulesAndRulesThatMayBeEmpty() {
        Language language = Language
                .ebnf("root ::= pairs tail\npairs ::= pairs pairs | \"ab\" | \"\"\ntail ::= \"!\"?");

        assertThat(language.has("")).isTrue();
        assertThat(language.has("ab".repeat(20) + "!")).isTrue();
        assertThat(language.has("aba")).isFalse();
    }

    @Test
    void readsTheGrammarOfTheDocumentationOfVllm() {
        Language sql = Language.ebnf("""
                root ::= select_statement

                select_statement ::= "SELECT " column " from " table " where " condition

                column ::= "col_1 " | "col_2 "

                table ::= "table_1 " | "table_2 "

                condition ::= column "= " number

                number ::= "1 " | "2 "
                """);

        assertThat(sql.has("SELECT col_1  from table_2  where col_2 = 1 ")).isTrue();
        assertThat(sql.has("SELECT col_3  from table_2  where col_2 = 1 ")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"start ::= 'a'|no rule named root", "root ::= other|no rule named other",
        "root ::= 'a|ends too early", "root ::= [a|ends too early", "root ::= 'a' )|expected", "root: 'a'|Lark",
        "root ::= 'a' root|asks for something impossible"})
    void saysWhatIsWrongWithAGrammar(String grammar, String problem) {
        assertThatThrownBy(() -> Language.ebnf(grammar)).isInstanceOf(GrammarException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void choosesOneOfTheGiven() {
        Language language = new Language(new StructuredOutput.Choice(List.of("yes", "no", "yes, of course")));

        assertThat(language.has("yes")).isTrue();
        assertThat(language.has("yes, of course")).isTrue();
        assertThat(language.has("yes, o")).isFalse();
    }

    @Test
    void allowsTokensThatCrossTheEndsOfRules() {
        ByteVocabulary vocabulary = new ByteVocabulary("a\",", "x\"}", "\"}", "{\"a\":\"", "\"a\"");
        CompiledGrammar grammar = new GrammarCompiler(vocabulary, vocabulary.vocabSize(), List.of()).compile(
                new StructuredOutput.JsonSchema("{\"properties\":{\"a\":{\"type\":\"string\"}}}", Whitespace.NONE));
        GrammarMatcher matcher = grammar.newMatcher();

        assertThat(allowed(grammar, matcher, 260)).isTrue();
        assertThat(matcher.accept(260)).isTrue();
        assertThat(allowed(grammar, matcher, 257)).as("nothing follows a").isFalse();
        assertThat(allowed(grammar, matcher, 258)).isTrue();
        assertThat(matcher.accept(257)).isFalse();
        assertThat(matcher.accept(258)).isTrue();
        assertThat(matcher.mustEnd()).isTrue();
    }

    private static boolean allowed(CompiledGrammar grammar, GrammarMatcher matcher, int token) {
        long[] mask = new long[grammar.maskWords()];
        matcher.addAllowed(mask);
        return (mask[token >> 6] & 1L << token) != 0;
    }
}
