package io.barista.engine.chat.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.barista.engine.chat.jinja.JinjaException.Kind;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostileTemplateTest {

    private static final Map<String, Object> VARIABLES = Map.of("s", "text", "xs", List.of(3, 1, 2), "d",
            Map.of("a", 1), "messages", List.of(Map.of("role", "user", "content", "Hi")));

    @ParameterizedTest
    @ValueSource(strings = {"{{ 'a' * 1000000000 }}", "{{ [1] * 1000000000 }}", "{{ (1, 2) * 100000000000000000000 }}",
        "{{ 9 ** 999999 }}", "{{ 2 ** 100000000000000000000 }}", "{{ range(1000000000) | list }}",
        "{% for a in range(99999) %}{% for b in range(99999) %}{% for c in range(99999) %}{% endfor %}{% endfor %}{% endfor %}",
        "{% set ns = namespace(s='aaaaaaaa') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
        "{% set ns = namespace(s=[1]) %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
        "{% set ns = namespace(s=[1]) %}{% for i in range(99) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s }}",
        "{% set ns = namespace(s=[1]) %}{% for i in range(99) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s | tojson }}",
        "{% set ns = namespace(s=[1]) %}{% for i in range(99999) %}{% set ns.s = [ns.s] %}{% endfor %}{{ ns.s == ns.s }}",
        "{% set ns = namespace(n=3) %}{% for i in range(99) %}{% set ns.n = ns.n * ns.n %}{% endfor %}",
        "{% set ns = namespace() %}{% set ns.a = ns %}{{ ns }}", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro m(n) %}{{ m(n) }}{{ m(n) }}{% endmacro %}{{ m(1) }}", "{{ '%999999999d' % 1 }}",
        "{{ '%.99999999f' % 1 }}", "{{ 'a'.center(999999999) }}", "{{ 'a' | center(999999999) }}",
        "{{ '1'.zfill(999999999) }}", "{{ 'a' | indent(999999999, true) }}", "{{ xs | tojson(indent=999999999) }}",
        "{{ xs | batch(999999999, 0) | list }}", "{{ xs | slice(999999999) | list }}",
        "{{ ('a' * 9999999).replace('', 'b' * 9999999) }}", "{{ ('a,' * 9999999).split(',') | join('b' * 999999) }}",
        "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{% for i in range(99999) %}{{ 'aaaaaaaaaa' * 9999 }}{% endfor %}",
        "{% set big = 'a' * 9999999 %}{% for i in range(99999) %}{% if 'b' in big %}{% endif %}{% endfor %}"})
    void stopsATemplateThatAsksForTooMuch(String source) {
        assertThat(failure(source)).extracting(JinjaException::kind).isEqualTo(Kind.LIMIT);
    }

    @Test
    void refusesSourceThatNestsTooDeep() {
        for (String source : List.of("{{ " + "(".repeat(9_999) + "1" + ")".repeat(9_999) + " }}",
                "{{ " + "[".repeat(9_999) + "]".repeat(9_999) + " }}", "{{ " + "not ".repeat(9_999) + "1 }}",
                "{{ " + "-".repeat(9_999) + "1 }}", "{{ " + "1 if 1 else ".repeat(9_999) + "1 }}",
                "{% if 1 %}".repeat(9_999) + "{% endif %}".repeat(9_999),
                "{% if 1 %}" + "{% elif 1 %}".repeat(9_999) + "{% endif %}",
                "{{ " + "a(".repeat(9_999) + ")".repeat(9_999) + " }}", "{{ " + "{1:".repeat(9_999) + " }}")) {
            assertThat(failure(source)).extracting(JinjaException::kind).isIn(Kind.SYNTAX, Kind.LIMIT);
        }
    }

    @Test
    void stopsAtLongChainsInsteadOfOverflowingTheStack() {
        for (String link : List.of(" + 1", " and 1", " or 0", " | abs", ".a", "[0]", "()", " is odd")) {
            assertThat(failure("{{ 1" + link.repeat(30_000) + " }}")).isNotNull();
        }
    }

    @Test
    void stopsAtInputThatNestsTooDeep() {
        Object deep = "x";
        for (int i = 0; i < 100_000; i++) {
            deep = List.of(deep);
        }
        Map<String, Object> variables = new HashMap<>(VARIABLES);
        variables.put("deep", deep);

        JinjaException failure = catchThrowableOfType(JinjaException.class, () -> JinjaTemplate
                .compile("{{ deep | tojson }}").render(variables, LocalDateTime::now, JinjaLimits.DEFAULT));

        assertThat(failure.kind()).isEqualTo(Kind.LIMIT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{ s.getClass().getName() }}",
        "{{ d.__init__.__globals__ }}", "{{ xs.append(4) }}", "{{ d.update({'b': 1}) }}", "{{ d.pop('a') }}",
        "{{ range.__globals__['os'] }}", "{{ s.format.__self__.x }}", "{{ '{0.__class__}'.format(s) }}",
        "{{ messages[0].class.forName('java.lang.Runtime') }}", "{{ raise_exception.__func__.x }}"})
    void keepsATemplateInTheSandbox(String source) {
        assertThat(failure(source)).extracting(JinjaException::kind).isEqualTo(Kind.RUNTIME);
    }

    @Test
    void leavesTheInputAsItWas() {
        List<Object> list = new ArrayList<>(List.of(1));
        JinjaTemplate.compile("{% set xs = xs + [2] %}{% set ns = namespace(d) %}{% set ns.a = 5 %}{{ xs }}{{ ns.a }}")
                .render(Map.of("xs", list, "d", Map.of("a", 1)), LocalDateTime::now, JinjaLimits.DEFAULT);

        assertThat(list).containsExactly(1);
    }

    /** Whatever is thrown at it, it renders or fails by name. */
    @Property(tries = 3_000)
    void neverFailsInAnUnknownWay(@ForAll("soup") String source) {
        try {
            JinjaTemplate.compile(source).render(VARIABLES, LocalDateTime::now,
                    new JinjaLimits(20_000, 200, 100_000));
        } catch (JinjaException expected) {
            assertThat(expected.getMessage()).isNotBlank();
        }
    }

    @Provide
    Arbitrary<String> soup() {
        return Arbitraries.of("{{ ", " }}", "{% ", " %}", "{#", "#}", "{%- ", " -%}", "if ", "for ", "in ", "endif",
                "endfor", "set ", "macro ", "endmacro", "call ", "filter ", "else", "raw", "endraw", "x", "xs", "d",
                "s",
                " = ", "(", ")", "[", "]", "{", "}", ".", ":", ",", "|", "~", " + ", " - ", " * ", " ** ", " / ", " % ",
                "not ", " is ", " and ", "'a'", "\"", "1", "0", "-1", "2.5", "99999999999", "none", "true", "loop",
                "range(5)", "namespace()", "upper", "list", "join", "tojson", "sort", "map('upper')", "defined", "'%s'",
                ".split('a')", ".items()", ".format(1)", "\n", " ", "é", "😀", "\\").list().ofMaxSize(25)
                .map(parts -> String.join("", parts));
    }

    @Property(tries = 2_000)
    void neverFailsInAnUnknownWayInsideAnExpression(@ForAll("soup") String expression) {
        neverFailsInAnUnknownWay("{{ " + expression + " }}");
    }

    private static JinjaException failure(String source) {
        return catchThrowableOfType(JinjaException.class, () -> JinjaTemplate.compile(source).render(VARIABLES,
                LocalDateTime::now, JinjaLimits.DEFAULT));
    }
}
