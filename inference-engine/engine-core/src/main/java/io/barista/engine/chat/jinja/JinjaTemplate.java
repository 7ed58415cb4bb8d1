package io.barista.engine.chat.jinja;

import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A compiled template. Immutable, and so safe to use from many threads.
 *
 * <p>The environment is the one of Hugging Face's chat templates: Jinja's immutable sandbox with {@code trim_blocks} and
 * {@code lstrip_blocks}, loop controls, the {@code generation} block (which does nothing), {@code tojson} as Python's
 * {@code json.dumps}, {@code raise_exception} and {@code strftime_now}. Templates cannot load other templates.
 */
public final class JinjaTemplate {

    private static final int LONGEST_SOURCE = 1_000_000;

    private final List<Statement> statements;

    private JinjaTemplate(List<Statement> statements) {
        this.statements = statements;
    }

    /** @throws JinjaException SYNTAX, with the line */
    public static JinjaTemplate compile(String source) {
        if (source.length() > LONGEST_SOURCE) {
            throw JinjaException.syntax(1, "the template has %d characters, allowed are %d", source.length(),
                    LONGEST_SOURCE);
        }
        return new JinjaTemplate(StatementParser.parse(source));
    }

    /**
     * Renders the template.
     *
     * @param variables JSON values: maps, collections, strings, numbers, booleans and null
     * @param now       what {@code strftime_now} formats
     * @throws JinjaException REFUSED with the template's own message, RUNTIME or LIMIT with the line of the statement
     */
    public String render(Map<String, ? extends @Nullable Object> variables, Supplier<LocalDateTime> now,
            JinjaLimits limits) {
        Python python = new Python(new Budget(limits));
        Interpreter interpreter = new Interpreter(python);
        Map<String, Value> values = new HashMap<>(new Globals(python, now).functions());
        try {
            variables.forEach((name, value) -> values.put(name, Value.ofJson(value)));
            // The template's own variables lie in a scope of their own, as a macro sees them and the input alike.
            return interpreter.render(statements, Scope.outermost(values).inner());
        } catch (JinjaException failure) {
            throw switch (failure.kind()) {
                case REFUSED, SYNTAX -> failure;
                case RUNTIME, LIMIT -> new JinjaException(failure.kind(),
                        "line " + interpreter.line() + ": " + failure.getMessage());
            };
        } catch (StackOverflowError deep) {
            throw new JinjaException(JinjaException.Kind.LIMIT,
                    "line " + interpreter.line() + ": the template or its input nests too deeply");
        }
    }

    /**
     * Whether the template goes through the items of {@code x.attribute} for some x: in a loop or with filters such as map, directly or
     * by way of variables and macros.
     */
    public boolean iteratesOver(String attribute) {
        return new AttributeFlow(statements, attribute).isIterated();
    }
}
