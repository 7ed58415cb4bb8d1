package io.barista.engine.chat.jinja;

import io.barista.engine.chat.jinja.Statement.Target;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Where the value of an attribute goes in a template, without regard to the order of statements. */
final class AttributeFlow {

    private static final Set<String> ITERATING_FILTERS = Set.of("map", "select", "reject", "selectattr", "rejectattr");

    private final String attribute;
    private final List<Statement> statements;
    private final List<Expression> expressions;

    /** Variables that hold the attribute's value somewhere. */
    private final Set<String> variables = new HashSet<>();

    AttributeFlow(List<Statement> statements, String attribute) {
        this.attribute = attribute;
        this.statements = statements.stream().flatMap(Statement::walk).toList();
        this.expressions = this.statements.stream().flatMap(Statement::expressions).flatMap(Expression::walk).toList();
        Map<String, Statement.Macro> macros = this.statements.stream()
                .filter(Statement.DefineMacro.class::isInstance).map(Statement.DefineMacro.class::cast)
                .map(Statement.DefineMacro::macro)
                .collect(Collectors.toMap(Statement.Macro::name, Function.identity(), (_, last) -> last));
        boolean grown = true;
        while (grown) {
            grown = addAssigned() | addArguments(macros);
        }
    }

    boolean isIterated() {
        boolean inLoop = statements.stream()
                .anyMatch(statement -> statement instanceof Statement.For loop && isValue(loop.items()));
        return inLoop || expressions.stream().anyMatch(expression -> expression instanceof Expression.Filter filter
                && ITERATING_FILTERS.contains(filter.name()) && filter.input() != null && isValue(filter.input()));
    }

    private boolean addAssigned() {
        boolean grown = false;
        for (Statement statement : statements) {
            if (statement instanceof Statement.SetValue(Target.Variable(String name), Expression value, int _)
                    && isValue(value)) {
                grown |= variables.add(name);
            }
        }
        return grown;
    }

    private boolean addArguments(Map<String, Statement.Macro> macros) {
        boolean grown = false;
        for (Expression expression : expressions) {
            if (expression instanceof Expression.Call(Expression.Name(String name), var arguments)
                    && macros.get(name) instanceof Statement.Macro macro) {
                for (int i = 0; i < Math.min(macro.parameters().size(), arguments.positional().size()); i++) {
                    grown |= isValue(arguments.positional().get(i)) && variables.add(macro.parameters().get(i).name());
                }
                for (Expression.Named argument : arguments.named()) {
                    grown |= isValue(argument.value()) && variables.add(argument.name());
                }
            }
        }
        return grown;
    }

    private boolean isValue(Expression expression) {
        return switch (expression) {
            case Expression.Attribute(Expression _, String name) -> name.equals(attribute);
            case Expression.Item(Expression target, Expression.Slice _) -> isValue(target);
            case Expression.Item(Expression _, Expression.Literal(Value.Text(String name))) -> name.equals(attribute);
            case Expression.Name(String name) -> variables.contains(name);
            case Expression.Filter filter -> filter.input() != null && isValue(filter.input());
            case Expression.Conditional conditional -> isValue(conditional.then())
                    || conditional.otherwise() != null && isValue(conditional.otherwise());
            case Expression.And(Expression left, Expression right) -> isValue(left) || isValue(right);
            case Expression.Or(Expression left, Expression right) -> isValue(left) || isValue(right);
            case Expression.Literal _,Expression.ListLiteral _,Expression.TupleLiteral _,Expression.DictLiteral _,Expression.Item _,Expression.Slice _,Expression.Call _,Expression.Test _,Expression.Negative _,Expression.Positive _,Expression.Not _,Expression.Arithmetic _,Expression.Concatenation _,Expression.Comparison _ ->
                false;
        };
    }
}
