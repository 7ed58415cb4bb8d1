package io.barista.engine.grammar.syntax;

import java.util.Map;
import java.util.Set;

/**
 * A context-free grammar over Unicode text.
 *
 * @param root  the rule that the whole output follows
 * @param rules every rule that is called, by name
 * @param apart rules that keep an automaton of their own however small they are, because grammars share it
 */
public record Grammar(String root, Map<String, Expression> rules, Set<String> apart) {

    public static Grammar of(Expression expression) {
        return new Grammar("root", Map.of("root", expression), Set.of());
    }
}
