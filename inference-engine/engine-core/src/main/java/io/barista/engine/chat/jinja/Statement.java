package io.barista.engine.chat.jinja;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a template does, in its order. */
sealed interface Statement {

    /** Where it starts in the source. */
    int line();

    /** Template text, written as it is. */
    record Text(String text, int line) implements Statement {}

    /** <code>{{ value }}</code> */
    record Print(Expression value, int line) implements Statement {}

    /** {@code elif} is an {@code if} in {@code otherwise}. */
    record If(Expression test, List<Statement> then, List<Statement> otherwise, int line) implements Statement {}

    /** @param filter which items count, or null for all */
    record For(Target target, Expression items, @Nullable Expression filter, boolean recursive, List<Statement> body,
            List<Statement> otherwise, int line) implements Statement {}

    record Break(int line) implements Statement {}

    record Continue(int line) implements Statement {}

    record SetValue(Target target, Expression value, int line) implements Statement {}

    /** @param filter what the block's text goes through, or null */
    record SetBlock(Target target, Expression.@Nullable Filter filter, List<Statement> body,
            int line) implements Statement {}

    record DefineMacro(Macro macro, int line) implements Statement {}

    /** {@code {% call(parameters) callee() %}body{% endcall %}}; the body is the macro that the callee knows as {@code caller}. */
    record CallBlock(Expression.Call call, Macro caller, int line) implements Statement {}

    record FilterBlock(Expression.Filter filter, List<Statement> body, int line) implements Statement {}

    record With(List<SetValue> variables, List<Statement> body, int line) implements Statement {}

    /** A block whose variables end with it: {@code generation}, {@code block}, {@code autoescape}. */
    record Scoped(List<Statement> body, int line) implements Statement {}

    /**
     * @param name       empty for the body of a call block
     * @param names      those of all variables read in the body: Python's macros take extra arguments only if they use them
     */
    record Macro(String name, List<Parameter> parameters, List<Statement> body, Set<String> names) {}

    /** @param standard what it is when not given; null for undefined */
    record Parameter(String name, @Nullable Expression standard) {}

    /** What can stand left of {@code =}. */
    sealed interface Target {

        record Variable(String name) implements Target {}

        record NamespaceAttribute(String namespace, String attribute) implements Target {}

        record Unpacking(List<Target> targets) implements Target {}
    }

    /** This statement's own lists of statements. */
    default List<List<Statement>> bodies() {
        return switch (this) {
            case Text _,Print _,Break _,Continue _,SetValue _ -> List.of();
            case If branch -> List.of(branch.then(), branch.otherwise());
            case For loop -> List.of(loop.body(), loop.otherwise());
            case SetBlock block -> List.of(block.body());
            case DefineMacro definition -> List.of(definition.macro().body());
            case CallBlock block -> List.of(block.caller().body());
            case FilterBlock block -> List.of(block.body());
            case With block -> List.of(block.body());
            case Scoped block -> List.of(block.body());
        };
    }

    /** This statement and all those inside it. */
    default Stream<Statement> walk() {
        return Stream.concat(Stream.of(this), bodies().stream().flatMap(List::stream).flatMap(Statement::walk));
    }

    /** The expressions that stand in this statement itself. */
    default Stream<Expression> expressions() {
        return switch (this) {
            case Text _,Break _,Continue _,Scoped _ -> Stream.of();
            case Print print -> Stream.of(print.value());
            case If branch -> Stream.of(branch.test());
            case For loop -> Expression.present(loop.items(), loop.filter());
            case SetValue set -> Stream.of(set.value());
            case SetBlock block -> Expression.present(block.filter());
            case DefineMacro definition -> definition.macro().parameters().stream()
                    .flatMap(parameter -> Expression.present(parameter.standard()));
            case CallBlock block -> Stream.of(block.call());
            case FilterBlock block -> Stream.of(block.filter());
            case With block -> block.variables().stream().map(SetValue::value);
        };
    }
}
