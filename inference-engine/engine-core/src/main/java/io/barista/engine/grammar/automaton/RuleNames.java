package io.barista.engine.grammar.automaton;

import io.barista.engine.grammar.syntax.Expression;
import io.barista.engine.grammar.syntax.Grammar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Which rules get an automaton, and their numbers. A rule that is neither recursive nor large, or that is called once, is copied to
 * where it is called instead: a token that crosses the end of a rule costs more than one that stays within.
 */
final class RuleNames {

    private static final int SMALL = 24;

    private final Grammar grammar;
    private final Map<String, Integer> numbers = new LinkedHashMap<>();
    private final Set<String> copied = new HashSet<>();

    RuleNames(Grammar grammar) {
        this.grammar = grammar;
        Map<String, Integer> callers = new HashMap<>();
        Map<String, Set<String>> callees = new HashMap<>();
        grammar.rules().forEach((name, body) -> {
            Set<String> called = new HashSet<>();
            calls(body, called, callers);
            callees.put(name, called);
        });
        Set<String> recursive = new Recursion(callees).rules();
        numbers.put(grammar.root(), 0);
        for (Map.Entry<String, Expression> rule : grammar.rules().entrySet()) {
            String name = rule.getKey();
            boolean copy = !recursive.contains(name) && !grammar.apart().contains(name)
                    && !name.equals(grammar.root())
                    && (callers.getOrDefault(name, 0) <= 1 || size(rule.getValue()) <= SMALL);
            if (copy) {
                copied.add(name);
            } else {
                numbers.putIfAbsent(name, numbers.size());
            }
        }
    }

    boolean isCopied(String rule) {
        return copied.contains(rule);
    }

    int number(String rule) {
        return Objects.requireNonNull(numbers.get(rule), rule);
    }

    /** In the order of their numbers; the root is the first. */
    List<String> numbered() {
        return new ArrayList<>(numbers.keySet());
    }

    Expression body(String rule) {
        return Objects.requireNonNull(grammar.rules().get(rule), rule);
    }

    private static void calls(Expression expression, Set<String> called, Map<String, Integer> callers) {
        switch (expression) {
            case Expression.Call(String rule) -> {
                called.add(rule);
                callers.merge(rule, 1, Integer::sum);
            }
            case Expression.Concat(List<Expression> parts) -> parts.forEach(part -> calls(part, called, callers));
            case Expression.Choice(List<Expression> options) ->
                options.forEach(option -> calls(option, called, callers));
            case Expression.Repeat repeat -> {
                calls(repeat.body(), called, callers);
                if (repeat.min() > 1 || repeat.max() > 1) {
                    calls(repeat.body(), called, callers); // it is written out more than once
                }
            }
            case Expression.Separated(List<Expression.Element> elements, Expression separator) -> {
                elements.forEach(element -> calls(element.expression(), called, callers));
                calls(separator, called, callers);
            }
            case Expression.Text _,Expression.OneOf _,Expression.Multiple _ -> {
            }
        }
    }

    /** Roughly how many states a copy costs. */
    private static int size(Expression expression) {
        return switch (expression) {
            case Expression.Text(String text) -> text.length();
            case Expression.OneOf _ -> 1;
            case Expression.Call _ -> SMALL; // which may be copied itself
            case Expression.Concat(List<Expression> parts) -> parts.stream().mapToInt(RuleNames::size).sum();
            case Expression.Choice(List<Expression> options) -> options.stream().mapToInt(RuleNames::size).sum();
            case Expression.Repeat(Expression body, int min, int max) -> (int) Math.min(SMALL + 1,
                    (long) size(body) * Math.max(1, Math.max(min, max)));
            case Expression.Separated _,Expression.Multiple _ -> SMALL + 1;
        };
    }
}
