package io.barista.engine.chat.jinja;

import io.barista.engine.chat.jinja.Statement.Target;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Runs statements. One rendering, one thread. */
final class Interpreter {

    /** How a list of statements ended. */
    private enum Flow {
        DONE,
        BREAK,
        CONTINUE
    }

    private final Python python;
    private final Evaluator evaluator;
    private int line = 1;

    Interpreter(Python python) {
        this.python = python;
        this.evaluator = new Evaluator(python);
    }

    /** Where in the source the last statement began. */
    int line() {
        return line;
    }

    /** What the statements write. They set their variables in {@code scope}. */
    String render(List<Statement> statements, Scope scope) {
        StringBuilder out = new StringBuilder();
        run(statements, scope, out);
        return out.toString();
    }

    Value evaluate(Expression expression, Scope scope) {
        return evaluator.evaluate(expression, scope);
    }

    private Flow run(List<Statement> statements, Scope scope, StringBuilder out) {
        python.budget.enter();
        for (Statement statement : statements) {
            python.budget.step();
            line = statement.line();
            Flow flow = run(statement, scope, out);
            if (flow != Flow.DONE) {
                python.budget.leave();
                return flow;
            }
        }
        python.budget.leave();
        return Flow.DONE;
    }

    private Flow run(Statement statement, Scope scope, StringBuilder out) {
        return switch (statement) {
            case Statement.Text text -> write(text.text(), out);
            case Statement.Print print -> write(python.str(evaluate(print.value(), scope)), out);
            case Statement.If branch ->
                run(evaluate(branch.test(), scope).isTrue() ? branch.then() : branch.otherwise(), scope, out);
            case Statement.For loop -> loop(loop, evaluate(loop.items(), scope), 0, scope, out);
            case Statement.Break _ -> Flow.BREAK;
            case Statement.Continue _ -> Flow.CONTINUE;
            case Statement.SetValue set -> assign(set.target(), evaluate(set.value(), scope), scope);
            case Statement.SetBlock block ->
                assign(block.target(), filtered(block.filter(), block.body(), scope), scope);
            case Statement.DefineMacro definition -> {
                scope.set(definition.macro().name(), new MacroValue(definition.macro(), scope, this, python));
                yield Flow.DONE;
            }
            case Statement.CallBlock block -> write(python.str(call(block, scope)), out);
            case Statement.FilterBlock block ->
                write(python.str(filtered(block.filter(), block.body(), scope)), out);
            case Statement.With block -> {
                Scope inner = scope.inner();
                block.variables().forEach(set -> assign(set.target(), evaluate(set.value(), scope), inner));
                yield run(block.body(), inner, out);
            }
            case Statement.Scoped block -> run(block.body(), scope.inner(), out);
        };
    }

    private Flow write(String text, StringBuilder out) {
        python.budget.append(out, text);
        return Flow.DONE;
    }

    private Value filtered(Expression.@Nullable Filter filter, List<Statement> body, Scope scope) {
        Value text = new Value.Text(render(body, scope.inner()));
        return filter == null ? text : evaluator.filter(filter, text, scope);
    }

    private Value call(Statement.CallBlock block, Scope scope) {
        Value callee = evaluate(block.call().callee(), scope);
        Arguments given = evaluator.arguments(block.call().arguments(), scope);
        Map<String, Value> named = new LinkedHashMap<>(given.named());
        named.put(MacroValue.CALLER, new MacroValue(block.caller(), scope, this, python));
        return Evaluator.call(callee, new Arguments(given.positional(), named));
    }

    private Flow loop(Statement.For loop, Value items, int depth0, Scope scope, StringBuilder out) {
        Iterator<Value> chosen = chosen(loop, python.iteration.iterate(items), scope);
        boolean counted = loop.filter() == null && !(items instanceof Value.Generator);
        UnaryOperator<Value> recursion = inner -> {
            StringBuilder text = new StringBuilder();
            loop(loop, inner, depth0 + 1, scope, text);
            return new Value.Text(text.toString());
        };
        LoopValue state = new LoopValue(python, chosen, counted ? python.iteration.length(items) : -1, depth0,
                loop.recursive() ? recursion : null);
        boolean none = true;
        for (Value item = state.advance(); item != null; item = state.advance()) {
            none = false;
            python.budget.step();
            Scope inner = scope.inner();
            inner.set("loop", state);
            assign(loop.target(), item, inner);
            if (run(loop.body(), inner, out) == Flow.BREAK) {
                break;
            }
        }
        return none ? run(loop.otherwise(), scope.inner(), out) : Flow.DONE;
    }

    /** The items that the loop's filter lets through, asked for one by one: it may look at what the body has changed. */
    private Iterator<Value> chosen(Statement.For loop, Iterator<Value> items, Scope scope) {
        Expression filter = loop.filter();
        if (filter == null) {
            return items;
        }
        return new Iterator<>() {

            private @Nullable Value next;

            @Override
            public boolean hasNext() {
                while (next == null && items.hasNext()) {
                    Value item = items.next();
                    Scope inner = scope.inner();
                    assign(loop.target(), item, inner);
                    next = evaluate(filter, inner).isTrue() ? item : null;
                }
                return next != null;
            }

            @Override
            public Value next() {
                Value item = hasNext() ? next : null;
                if (item == null) {
                    throw new NoSuchElementException();
                }
                next = null;
                return item;
            }
        };
    }

    private Flow assign(Target target, Value value, Scope scope) {
        switch (target) {
            case Target.Variable(String name) -> scope.set(name, value);
            case Target.NamespaceAttribute(String namespace, String attribute) -> {
                if (!(scope.get(namespace) instanceof Value.Namespace(var attributes))) {
                    throw JinjaException.runtime("cannot assign attribute on non-namespace object");
                }
                attributes.put(attribute, value);
            }
            case Target.Unpacking(List<Target> targets) -> {
                List<Value> values = python.iteration.list(value);
                if (values.size() != targets.size()) {
                    throw JinjaException.runtime("%s values to unpack (expected %d)",
                            values.size() < targets.size() ? "not enough" : "too many", targets.size());
                }
                for (int i = 0; i < values.size(); i++) {
                    assign(targets.get(i), values.get(i), scope);
                }
            }
        }
        return Flow.DONE;
    }
}
