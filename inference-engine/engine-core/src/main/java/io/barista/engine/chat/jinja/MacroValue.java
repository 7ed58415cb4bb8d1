package io.barista.engine.chat.jinja;

import io.barista.engine.chat.jinja.Statement.Parameter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A macro together with the variables around its definition. */
record MacroValue(Statement.Macro macro, Scope definition, Interpreter interpreter, Python python) implements Callable {

    /** What a macro knows the body of a call block as. */
    static final String CALLER = "caller";

    private static final String MORE_POSITIONAL = "varargs";
    private static final String MORE_NAMED = "kwargs";

    @Override
    public Value call(Arguments arguments) {
        python.budget.enter();
        Scope scope = definition.inner();
        Map<String, Value> named = new LinkedHashMap<>(arguments.named());
        bindParameters(arguments.positional(), named, scope);
        bindCaller(named, scope);
        bindMore(arguments.positional(), named, scope);
        Value text = python.budget.text(interpreter.render(macro.body(), scope));
        python.budget.leave();
        return text;
    }

    @Override
    public Optional<Value> attribute(String name) {
        return switch (name) {
            case "name" -> Optional.of(new Value.Text(macro.name()));
            case "arguments" -> Optional.of(new Value.Tuple(macro.parameters().stream()
                    .map(parameter -> (Value) new Value.Text(parameter.name())).toList()));
            case "caller" -> Optional.of(Value.Bool.of(macro.names().contains(CALLER)));
            case "catch_varargs" -> Optional.of(Value.Bool.of(macro.names().contains(MORE_POSITIONAL)));
            case "catch_kwargs" -> Optional.of(Value.Bool.of(macro.names().contains(MORE_NAMED)));
            default -> Optional.empty();
        };
    }

    @Override
    public String typeName() {
        return "Macro";
    }

    /** Takes the parameters' arguments out of {@code named}. A default may use the parameters before it. */
    private void bindParameters(List<Value> positional, Map<String, Value> named, Scope scope) {
        for (int i = 0; i < macro.parameters().size(); i++) {
            Parameter parameter = macro.parameters().get(i);
            Value byName = named.remove(parameter.name());
            if (i < positional.size()) {
                if (byName != null) {
                    throw JinjaException.runtime("macro '%s' got multiple values for argument '%s'", macro.name(),
                            parameter.name());
                }
                scope.set(parameter.name(), positional.get(i));
            } else if (byName != null) {
                scope.set(parameter.name(), byName);
            } else if (parameter.standard() != null) {
                scope.set(parameter.name(), interpreter.evaluate(parameter.standard(), scope));
            } else {
                scope.set(parameter.name(),
                        new Value.Undefined("parameter '%s' was not provided".formatted(parameter.name())));
            }
        }
    }

    private void bindCaller(Map<String, Value> named, Scope scope) {
        boolean isParameter = macro.parameters().stream().anyMatch(parameter -> parameter.name().equals(CALLER));
        if (macro.names().contains(CALLER) && !isParameter) {
            Value caller = named.remove(CALLER);
            scope.set(CALLER, caller == null ? new Value.Undefined("No caller defined") : caller);
        }
    }

    private void bindMore(List<Value> positional, Map<String, Value> named, Scope scope) {
        int count = macro.parameters().size();
        if (macro.names().contains(MORE_NAMED)) {
            Map<Value, Value> entries = new LinkedHashMap<>();
            named.forEach((name, value) -> entries.put(new Value.Text(name), value));
            scope.set(MORE_NAMED, new Value.Dict(entries));
        } else if (!named.isEmpty()) {
            throw JinjaException.runtime("macro '%s' takes no keyword argument '%s'", macro.name(),
                    named.keySet().iterator().next());
        }
        if (macro.names().contains(MORE_POSITIONAL)) {
            scope.set(MORE_POSITIONAL,
                    new Value.Tuple(positional.subList(Math.min(count, positional.size()), positional.size())));
        } else if (positional.size() > count) {
            throw JinjaException.runtime("macro '%s' takes not more than %d argument(s)", macro.name(), count);
        }
    }
}
