package io.barista.engine.chat.jinja;

import io.barista.engine.chat.jinja.Expression.CallArguments;
import io.barista.engine.chat.jinja.Expression.Comparand;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the value of expressions. */
final class Evaluator {

    private final Python python;
    private final Tests tests;
    private final Filters filters;

    Evaluator(Python python) {
        this.python = python;
        this.tests = new Tests(python);
        this.filters = new Filters(python, tests);
    }

    Value evaluate(Expression expression, Scope scope) {
        python.budget.step();
        python.budget.enter();
        Value value = switch (expression) {
            case Expression.Literal literal -> literal.value();
            case Expression.Name(String name) -> scope.get(name);
            case Expression.ListLiteral(List<Expression> items) -> python.budget.list(all(items, scope));
            case Expression.TupleLiteral(List<Expression> items) -> new Value.Tuple(all(items, scope));
            case Expression.DictLiteral(List<Expression.Entry> entries) -> dict(entries, scope);
            case Expression.Attribute(Expression target, String name) ->
                python.access.attribute(evaluate(target, scope), name);
            case Expression.Item(Expression target, Expression.Slice slice) ->
                python.access.slice(evaluate(target, scope), bound(slice.start(), scope), bound(slice.stop(), scope),
                        bound(slice.step(), scope));
            case Expression.Item(Expression target, Expression index) ->
                python.access.item(evaluate(target, scope), evaluate(index, scope));
            case Expression.Slice _ -> throw JinjaException.runtime("a slice is only possible alone between brackets");
            case Expression.Call(Expression callee, CallArguments arguments) ->
                call(evaluate(callee, scope), arguments(arguments, scope));
            case Expression.Filter filter -> filter(filter, null, scope);
            case Expression.Test test -> Value.Bool.of(
                    tests.test(test.name(), evaluate(test.input(), scope), arguments(test.arguments(), scope)));
            case Expression.Negative(Expression operand) -> python.arithmetic.negative(evaluate(operand, scope));
            case Expression.Positive(Expression operand) -> python.arithmetic.positive(evaluate(operand, scope));
            case Expression.Not(Expression operand) -> Value.Bool.of(!evaluate(operand, scope).isTrue());
            case Expression.And(Expression left, Expression right) -> {
                Value first = evaluate(left, scope);
                yield first.isTrue() ? evaluate(right, scope) : first;
            }
            case Expression.Or(Expression left, Expression right) -> {
                Value first = evaluate(left, scope);
                yield first.isTrue() ? first : evaluate(right, scope);
            }
            case Expression.Arithmetic(var operator, Expression left, Expression right) ->
                python.arithmetic.apply(operator, evaluate(left, scope), evaluate(right, scope));
            case Expression.Concatenation(List<Expression> parts) -> concatenate(parts, scope);
            case Expression.Comparison comparison -> Value.Bool.of(compare(comparison, scope));
            case Expression.Conditional(Expression test, Expression then, Expression otherwise) ->
                choose(test, then, otherwise, scope);
        };
        python.budget.leave();
        return value;
    }

    /** @param blockText the input of the innermost filter of a block, else null */
    Value filter(Expression.Filter filter, @Nullable Value blockText, Scope scope) {
        Expression inputExpression = filter.input();
        Value input;
        if (inputExpression instanceof Expression.Filter inner) {
            input = filter(inner, blockText, scope);
        } else if (inputExpression != null) {
            input = evaluate(inputExpression, scope);
        } else if (blockText != null) {
            input = blockText;
        } else {
            throw new IllegalStateException("a filter without input outside of a block");
        }
        return filters.apply(filter.name(), input, arguments(filter.arguments(), scope));
    }

    static Value call(Value callee, Arguments arguments) {
        return switch (callee) {
            case Callable callable -> callable.call(arguments);
            case Value.Undefined undefined -> throw undefined.used();
            default -> throw JinjaException.runtime("'%s' object is not callable", callee.typeName());
        };
    }

    Arguments arguments(CallArguments arguments, Scope scope) {
        if (arguments == CallArguments.NONE) {
            return Arguments.NONE;
        }
        List<Value> positional = all(arguments.positional(), scope);
        Map<String, Value> named = new LinkedHashMap<>();
        for (Expression.Named argument : arguments.named()) {
            named.put(argument.name(), evaluate(argument.value(), scope));
        }
        if (arguments.spread() != null) {
            positional.addAll(python.iteration.list(evaluate(arguments.spread(), scope)));
        }
        if (arguments.namedSpread() != null) {
            if (!(evaluate(arguments.namedSpread(), scope) instanceof Value.Dict(Map<Value, Value> entries))) {
                throw JinjaException.runtime("argument after ** must be a mapping");
            }
            entries.forEach((name, value) -> named.put(python.str(name), value));
        }
        return new Arguments(positional, named);
    }

    private List<Value> all(List<Expression> expressions, Scope scope) {
        List<Value> values = new ArrayList<>(expressions.size());
        for (Expression expression : expressions) {
            values.add(evaluate(expression, scope));
        }
        return values;
    }

    private Value dict(List<Expression.Entry> entries, Scope scope) {
        Map<Value, Value> dict = new LinkedHashMap<>();
        for (Expression.Entry entry : entries) {
            dict.put(Value.Dict.key(evaluate(entry.key(), scope)), evaluate(entry.value(), scope));
        }
        return new Value.Dict(dict);
    }

    private @Nullable Value bound(@Nullable Expression bound, Scope scope) {
        return bound == null ? null : evaluate(bound, scope);
    }

    private Value concatenate(List<Expression> parts, Scope scope) {
        StringBuilder text = new StringBuilder();
        for (Expression part : parts) {
            python.budget.append(text, python.str(evaluate(part, scope)));
        }
        return new Value.Text(text.toString());
    }

    private boolean compare(Expression.Comparison comparison, Scope scope) {
        Value left = evaluate(comparison.first(), scope);
        for (Comparand comparand : comparison.rest()) {
            Value right = evaluate(comparand.operand(), scope);
            if (!python.comparisons.compare(comparand.operator(), left, right)) {
                return false;
            }
            left = right;
        }
        return true;
    }

    private Value choose(Expression test, Expression then, @Nullable Expression otherwise, Scope scope) {
        if (evaluate(test, scope).isTrue()) {
            return evaluate(then, scope);
        }
        return otherwise == null
                ? new Value.Undefined("the inline if-expression evaluated to false and no else section was defined.")
                : evaluate(otherwise, scope);
    }
}
