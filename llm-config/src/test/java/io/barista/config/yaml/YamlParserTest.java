package io.barista.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.config.ConfigException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlParserTest {

    @ParameterizedTest
    @MethodSource("scalars")
    void typesScalarsByTheRulesOfYaml11(String yaml, @Nullable Object value) {
        assertThat(plain(yaml)).isEqualTo(value);
    }

    static List<Arguments> scalars() {
        return List.of(Arguments.of("1_000", 1000), Arguments.of("010", 8), Arguments.of("1.5e+3", 1500.0),
                Arguments.of("yes", true), Arguments.of("'8'", "8"), Arguments.of("2026-01-31", "2026-01-31"),
                Arguments.of("~", null), Arguments.of("1.2.3", "1.2.3"), Arguments.of("32k", "32k"),
                Arguments.of("0b_", "0b_"));
    }

    @Test
    void knowsTheLineOfEachKey() {
        Value.Fields root = (Value.Fields) YamlParser.parse("f", "# comment\na: 1\nb:\n  c: [1,\n    2]\n");

        assertThat(root.fields().get("a").line()).isEqualTo(2);
        Value.Fields nested = (Value.Fields) root.fields().get("b").value();
        assertThat(nested.fields().get("c").line()).isEqualTo(4);
    }

    @Test
    void mergesDefaultsByAnchor() {
        assertThat(plain("{base: &base {a: 1, b: 1}, own: {<<: *base, b: 2}, two: {b: 3, <<: [{c: 1}, *base]}}"))
                .isEqualTo(Map.of("base", Map.of("a", 1, "b", 1), "own", Map.of("a", 1, "b", 2), "two",
                        Map.of("a", 1, "b", 3, "c", 1)));
    }

    @Test
    void acceptsAByteOrderMarkAndWindowsLineEnds() {
        assertThat(plain("\uFEFFa: 1\r\nb: 2\r\n")).isEqualTo(Map.of("a", 1, "b", 2));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    'a: 1\nb: {a: 1, a: 2}'   | f:2: a: is given twice in one mapping
                    'a: !!python/object:os.system x' | f:1: not valid YAML: Global tag is not allowed: tag:yaml.org,2002:python/object:os.system
                    'a: !!java.net.URL [x]'   | f:1: not valid YAML: Global tag is not allowed: tag:yaml.org,2002:java.net.URL
                    'a: !Ref b'               | f:1: the tag !Ref is not allowed, only plain values are
                    'a: !!binary aGk='        | f:1: the tag tag:yaml.org,2002:binary is not allowed, only plain values are
                    'a: !!set {b}'            | f:1: the tag tag:yaml.org,2002:set is not allowed, only plain values are
                    'a: 1\n---\nb: 2'         | f:3: a second YAML document begins here, expected one
                    'a: *missing'             | f:1: not valid YAML: found undefined alias missing
                    'a: [1'                   | f:1: not valid YAML: expected ',' or ']', but got <stream end>
                    '? [a]\n: b'              | f:1: expected text as a key
                    'a: {<<: 3}'              | f:1: <<: expected a mapping to merge
                    """)
    void refuses(String yaml, String message) {
        String unescaped = yaml.replace("\\n", "\n");

        assertThatThrownBy(() -> YamlParser.parse("f", unescaped)).isInstanceOf(ConfigException.class)
                .hasMessage(message);
    }

    @Test
    void boundsExpandedAliases() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x]\n");
        for (int level = 1; level < 20; level++) {
            String alias = "*a" + (level - 1);
            bomb.append(
                    "a%d: &a%d [%s]%n".formatted(level, level, String.join(", ", List.of(alias, alias, alias, alias))));
        }
        assertThatThrownBy(() -> YamlParser.parse("f", bomb.toString()))
                .hasMessageContaining("more than 100000 values");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a: &a [*a]", "a: &a {b: *a}", "&a {<<: *a, b: 1}"})
    void boundsRecursion(String yaml) {
        assertThatThrownBy(() -> YamlParser.parse("f", yaml)).isInstanceOf(ConfigException.class);
    }

    @Test
    void boundsDepthAndSize() {
        assertThatThrownBy(() -> YamlParser.parse("f", "[".repeat(10_000))).isInstanceOf(ConfigException.class);
        char[] spaces = new char[(1 << 20) + 1];
        Arrays.fill(spaces, ' ');
        assertThatThrownBy(() -> YamlParser.parse("f", new String(spaces)))
                .hasMessage("f: is larger than 1 MiB, which no configuration needs");
    }

    private static Object plain(String yaml) {
        return YamlParser.parse("f", yaml).plain();
    }
}
