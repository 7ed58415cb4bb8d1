package io.barista.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.yaml.snakeyaml.Yaml;

/** Whatever a file holds, it is LlmConfigs or a ConfigException whose problems are one line each. */
class AnyTextTest {

    private static final List<String> NAMES = Stream.concat(
            Stream.of(EntryKeys.ENTRY, EntryKeys.MODEL_LOADING, EntryKeys.RUNTIME, EntryKeys.MIRROR,
                    DeploymentKeys.DEPLOYMENT,
                    DeploymentKeys.AUTOSCALING, DeploymentKeys.LORA, ServeFileKeys.FILE, ServeFileKeys.APPLICATION,
                    ServeFileKeys.ARGUMENTS).flatMap(List::stream).map(ConfigKey::key),
            EngineOptions.all().stream().map(ConfigKey::key)).toList();

    @Property(tries = 500)
    void anyText(@ForAll String text) {
        requireAnAnswer(text);
    }

    @Property(tries = 1000)
    void textOfYamlsOwnWords(@ForAll("yamlWords") List<String> words) {
        requireAnAnswer(String.join("", words));
    }

    @Property(tries = 500)
    void anyTreeOfKnownKeys(@ForAll("trees") Object tree) {
        requireAnAnswer(new Yaml().dump(tree));
    }

    @Property(tries = 500)
    void anyEngineKwargs(@ForAll("kwargs") Map<String, Object> kwargs) {
        try {
            EngineConfig config = EngineKwargs.parse(kwargs);
            assertThat(config.asked()).hasSizeLessThanOrEqualTo(kwargs.size());
        } catch (ConfigException e) {
            requireOneLineEach(e);
        }
    }

    @Provide
    Arbitrary<List<String>> yamlWords() {
        Arbitrary<String> words = Arbitraries.of("\n", "\n  ", "\n- ", ": ", "- ", "{", "}", "[", "]", ", ", "&a ",
                "*a", "<<: ",
                "|", ">", "\"", "'", "#", "!!int ", "!!float ", "!!bool ", "!!null ", "!!timestamp ", "!x ",
                "%YAML 1.1\n",
                "---\n", "...\n", "0x", "0b_", "1:60", "+.inf", ".nan", "1e999", "9".repeat(30), "~", "\t", "\uFEFF",
                "?", "${A}",
                "\u0000", "\uD800", "yes", "2026-01-01");
        return Arbitraries.oneOf(words, words, Arbitraries.of(NAMES)).list().ofMaxSize(30);
    }

    @Provide
    Arbitrary<Object> trees() {
        Arbitrary<Object> tree = values();
        for (int level = 0; level < 4; level++) {
            Arbitrary<Object> inner = tree;
            tree = Arbitraries.frequencyOf(Tuple.of(3, mappings(inner).map(Object.class::cast)),
                    Tuple.of(1, inner.list().ofMaxSize(3).map(Object.class::cast)), Tuple.of(1, values()));
        }
        return tree;
    }

    @Provide
    Arbitrary<Map<String, Object>> kwargs() {
        return mappings(Arbitraries.oneOf(values(), mappings(values()).map(Object.class::cast)));
    }

    private static Arbitrary<Map<String, Object>> mappings(Arbitrary<Object> values) {
        Arbitrary<String> names = Arbitraries.frequencyOf(Tuple.of(9, Arbitraries.of(NAMES)),
                Tuple.of(1, Arbitraries.strings()));
        return Arbitraries.maps(names, values).ofMaxSize(6);
    }

    private static Arbitrary<Object> values() {
        return Arbitraries
                .oneOf(Arbitraries.strings().map(Object.class::cast), Arbitraries.integers().map(Object.class::cast),
                        Arbitraries.longs().map(Object.class::cast), Arbitraries.doubles().map(Object.class::cast),
                        Arbitraries.bigIntegers().map(Object.class::cast),
                        Arbitraries.bigDecimals().map(Object.class::cast),
                        Arbitraries.of(true, false, "auto", "32k", "demo", "models/demo", "s3://bucket/x", 1, 2, 0, -1,
                                "{\"a\": 1}"))
                .injectNull(0.05);
    }

    private static void requireAnAnswer(String text) {
        try {
            assertThat(io.barista.config.Yaml.of(text).parse()).isNotEmpty();
        } catch (ConfigException e) {
            requireOneLineEach(e);
        }
    }

    private static void requireOneLineEach(ConfigException exception) {
        assertThat(exception.problems()).isNotEmpty();
        assertThat(exception.problems())
                .allSatisfy(problem -> assertThat(problem.toString()).doesNotContain("\n", "\r"));
    }
}
